import { Transform } from 'node:stream';

const publishType = 3;

/**
 * A stream of MQTT bytes in which no packet is longer than `maxBytes`.
 *
 * - `clip` shortens an oversize PUBLISH to its first `maxBytes` and drops the rest as it arrives. Topic and packet id
 *   come first, so the message is still delivered, acknowledged and then refused for its size. Neither 3.1.1 nor
 *   mqtt.js can refuse one: closing the connection would bring a retained message back with every reconnect.
 * - `refuse` ends the stream with an error.
 */
export function limitPackets(options: { maxBytes: number; oversize: 'clip' | 'refuse' }): Transform {
  let header: number[] = [];
  let passing = 0;
  let dropping = 0;

  const clipped = (type: number, length: number) =>
    options.oversize === 'clip' && type === publishType ? Math.min(length, options.maxBytes) : length;

  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      let at = 0;
      /** Where what is handed on next begins: whole stretches, because every piece costs whoever reads them. */
      let from = 0;
      const handOn = (to: number) => {
        if (to > from) this.push(chunk.subarray(from, to));
      };
      while (at < chunk.length) {
        if (passing > 0) {
          const part = Math.min(passing, chunk.length - at);
          passing -= part;
          at += part;
        } else if (dropping > 0) {
          const skipped = Math.min(dropping, chunk.length - at);
          handOn(at);
          dropping -= skipped;
          at += skipped;
          from = at;
        } else {
          header.push(chunk[at++] as number);
          const length = bodyLength(header);
          if (length === null) continue;
          if (length === 'malformed' || (options.oversize === 'refuse' && length > options.maxBytes)) {
            return done(new Error(`an MQTT packet is malformed or longer than ${options.maxBytes} bytes`));
          }
          const first = header[0] as number;
          passing = clipped(first >> 4, length);
          dropping = length - passing;
          const began = at - header.length;
          if (dropping > 0 || began < 0) {
            handOn(began);
            this.push(Buffer.from([first, ...encodeLength(passing)]));
            from = at;
          }
          header = [];
        }
      }
      // A header of which the rest is still to come may have to be written anew.
      handOn(at - header.length);
      done();
    },
  });
}

/** The remaining length in a fixed header (MQTT 3.1.1, 2.2.3): 7 bits per byte, least significant first. */
function bodyLength(header: readonly number[]): number | 'malformed' | null {
  const last = header.at(-1) as number;
  if (header.length === 1) return null;
  if ((last & 0x80) !== 0) return header.length === 5 ? 'malformed' : null;
  return header.slice(1).reduce((length, byte, i) => length + (byte & 0x7f) * 128 ** i, 0);
}

function encodeLength(length: number): number[] {
  const bytes: number[] = [];
  for (let rest = length; ; rest = Math.floor(rest / 128)) {
    bytes.push(rest >= 128 ? (rest % 128) | 0x80 : rest);
    if (rest < 128) return bytes;
  }
}
