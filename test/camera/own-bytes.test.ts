import test from 'ava';
import { ownBytes } from '../../src/camera/own-bytes.ts';

test('bytes that share their memory are copied, others are not', (t) => {
  const pooled = Buffer.from('a slice of a pool').subarray(2, 7);
  const copy = ownBytes(pooled);
  t.is(Buffer.from(copy).toString(), 'slice');
  t.is(copy.byteLength, copy.buffer.byteLength);
  const sole = new Uint8Array(5);
  t.is(ownBytes(sole).buffer, sole.buffer);
});
