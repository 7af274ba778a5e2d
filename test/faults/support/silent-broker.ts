import { createServer, type Socket } from 'node:net';

/** What a broker that is not well still answers. */
export type Silence = 'to everything' | 'to subscriptions' | 'to publications';

/** A broker (MQTT 3.1.1) that takes connections and keeps its silence. */
export async function silentBroker(
  port: number,
  silence: Silence,
): Promise<{ connections(): number; stop(): Promise<void> }> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    let waiting = Buffer.alloc(0);
    socket.on('data', (data) => {
      waiting = Buffer.concat([waiting, data]);
      for (let packet = firstOf(waiting); packet !== null; packet = firstOf(waiting)) {
        waiting = waiting.subarray(packet.length);
        const answer = answerTo(packet, silence);
        if (answer !== null) socket.write(answer);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    connections: () => connections,
    stop: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** The first whole packet: one byte of type, a length of up to four bytes, the rest. */
function firstOf(bytes: Buffer): Buffer | null {
  let length = 0;
  for (let i = 1; i < Math.min(5, bytes.length); i++) {
    length += (bytes[i]! & 0x7f) << (7 * (i - 1));
    if (bytes[i]! < 0x80) return bytes.length >= i + 1 + length ? bytes.subarray(0, i + 1 + length) : null;
  }
  return null;
}

function answerTo(packet: Buffer, silence: Silence): Buffer | null {
  const type = packet[0]! >> 4;
  if (silence === 'to everything') return null;
  if (type === 1) return Buffer.from([0x20, 2, 0, 0]);
  if (type === 12) return Buffer.from([0xd0, 0]);
  if (type === 8 && silence !== 'to subscriptions') return subscribed(packet);
  return null;
}

/** Every filter is granted at QoS 1. */
function subscribed(packet: Buffer): Buffer {
  const from = packet.findIndex((byte, i) => i > 0 && byte < 0x80) + 1;
  let filters = 0;
  for (let at = from + 2; at < packet.length; at += 3 + packet.readUInt16BE(at)) filters++;
  return Buffer.from([0x90, 2 + filters, packet[from]!, packet[from + 1]!, ...Array(filters).fill(1)]);
}
