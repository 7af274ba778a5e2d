import test from 'ava';
import type { NativeParts } from '../children/native-parts.ts';
import { emulated, native } from '../emulated.ts';

const emulatedParts = emulated<NativeParts>('native-parts');

test('every native part loads and gives what it gives here', async (t) => {
  const [there, here] = [await emulatedParts, await native<NativeParts>('native-parts')];
  t.is(there.arch, 'arm64');
  t.regex(there.engine, /^onnxruntime-node \d+\.\d+\.\d+ \(cpu\)$/);
  t.is(there.engine, here.engine);
  // Decoders may round a pixel otherwise.
  t.true(Math.abs(there.sharpMean - here.sharpMean) < 0.1, `sharp: ${there.sharpMean}, here ${here.sharpMean}`);
  t.true(Math.abs(there.turboMean! - here.turboMean!) < 0.1, `jpeg-turbo: ${there.turboMean}, here ${here.turboMean}`);
  t.like(there, { matcher: 'wasm-simd', slowMatcherReason: null, wrongSums: 0 });
});

test('the GPIO binding calls the C library: arguments, structures and errno arrive', async (t) => {
  const { libc } = await emulatedParts;
  t.deepEqual(libc, { notATerminal: 'ENOTTY', bytesWaiting: 3, ready: [false, true], emptyRead: 'EAGAIN' });
});
