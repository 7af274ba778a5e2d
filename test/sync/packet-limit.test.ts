import { once } from 'node:events';
import test from 'ava';
import fc from 'fast-check';
import { limitPackets } from '../../src/sync/packet-limit.ts';

function packet(type: number, length: number): Buffer {
  const digits: number[] = [];
  for (let rest = length; ; rest >>= 7) {
    digits.push(rest >= 128 ? (rest & 0x7f) | 0x80 : rest);
    if (rest < 128) break;
  }
  return Buffer.concat([Buffer.from([type << 4, ...digits]), Buffer.alloc(length, type)]);
}

async function through(bytes: Buffer, cut: number, options: Parameters<typeof limitPackets>[0]): Promise<Buffer> {
  const stream = limitPackets(options);
  const out: Buffer[] = [];
  stream.on('data', (chunk) => out.push(chunk));
  for (let at = 0; at < bytes.length; at += cut) stream.write(bytes.subarray(at, at + cut));
  stream.end();
  await once(stream, 'end');
  return Buffer.concat(out);
}

test('packets within the limit pass unchanged, however the bytes are cut', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ type: fc.integer({ min: 1, max: 14 }), length: fc.integer({ min: 0, max: 300 }) }), {
        maxLength: 8,
      }),
      fc.integer({ min: 1, max: 500 }),
      async (packets, cut) => {
        const bytes = Buffer.concat(packets.map(({ type, length }) => packet(type, length)));
        return (await through(bytes, cut, { maxBytes: 300, oversize: 'clip' })).equals(bytes);
      },
    ),
    { numRuns: 60 },
  );
  t.pass();
});

test('an oversize publish is cut short and what follows it stays intact', async (t) => {
  const bytes = Buffer.concat([packet(3, 20_000), packet(4, 2)]);
  const out = await through(bytes, 777, { maxBytes: 1000, oversize: 'clip' });
  t.deepEqual(out, Buffer.concat([packet(3, 1000), packet(4, 2)]));
});

test('a broker that refuses ends the stream instead', async (t) => {
  const stream = limitPackets({ maxBytes: 1000, oversize: 'refuse' });
  const failed = once(stream, 'error');
  stream.write(packet(3, 1001));
  await t.notThrowsAsync(failed);
});
