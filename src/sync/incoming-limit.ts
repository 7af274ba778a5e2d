import type { MqttClient } from 'mqtt';
import { maxMessageBytes } from './jose-text.ts';
import { limitPackets } from './packet-limit.ts';

/** Room for topic and properties beside a payload that is just too large, so that it is still seen to be too large. */
const packetAllowanceBytes = 128 * 1024;

/** Put the packet limit between the socket and mqtt.js, whichever transport the address named; call it before it connects. */
export function limitIncoming(client: MqttClient): void {
  const inside = client as unknown as { streamBuilder: (client: MqttClient) => NodeJS.ReadWriteStream };
  const build = inside.streamBuilder;
  inside.streamBuilder = (self) => {
    const stream = build(self);
    const pipe = stream.pipe.bind(stream);
    stream.pipe = (destination) => {
      pipe(limitPackets({ maxBytes: maxMessageBytes + packetAllowanceBytes, oversize: 'clip' }))
        .on('error', (error) => client.emit('error', error))
        .pipe(destination);
      return destination;
    };
    return stream;
  };
}
