import test from 'ava';
import fc from 'fast-check';
import { frameCutter, rateGate } from '../../src/camera/frame-cutter.ts';

test('frames come out whole, however the pipe cuts the bytes', (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50 }),
      fc.array(fc.integer({ min: 0, max: 120 }), { maxLength: 20 }),
      (size, lengths) => {
        const bytes = Uint8Array.from({ length: lengths.reduce((a, b) => a + b, 0) }, (_, i) => i % 251);
        const frames: Uint8Array[] = [];
        const cut = frameCutter(size, (frame) => frames.push(frame) > 0);
        let offset = 0;
        for (const length of lengths) {
          cut(bytes.subarray(offset, offset + length));
          offset += length;
        }
        const whole = bytes.subarray(0, Math.floor(bytes.length / size) * size);
        t.deepEqual(Buffer.concat(frames), Buffer.from(whole));
      },
    ),
  );
});

test('the memory of a frame that is not kept is used again, that of a kept one never', (t) => {
  const seen: Uint8Array[] = [];
  const cut = frameCutter(2, (frame) => seen.push(frame) % 2 === 0);
  cut(Uint8Array.of(1, 1, 2, 2, 3, 3));
  t.is(seen[0], seen[1]);
  t.not(seen[1], seen[2]);
  t.deepEqual([...(seen[1] as Uint8Array)], [2, 2]);
});

test('a camera at the asked rate loses no frame to jitter', (t) => {
  const onTime = rateGate(10);
  const jitterMs = [0, 20, -20, 10, -24, 24, 0, -10];
  t.true(jitterMs.every((jitter, i) => onTime(1000 + i * 100 + jitter)));
});

test('a camera that is too fast is brought down to the asked rate', (t) => {
  for (const cameraFps of [12, 15, 25, 30, 60]) {
    const onTime = rateGate(10);
    const arrivals = Array.from({ length: cameraFps * 10 }, (_, i) => (i * 1000) / cameraFps);
    const passed = arrivals.filter(onTime).length;
    t.true(passed >= 95 && passed <= 101, `${cameraFps} fps became ${passed / 10} fps`);
  }
});
