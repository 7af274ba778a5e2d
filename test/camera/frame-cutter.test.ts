import test from 'ava';
import fc from 'fast-check';
import { frameCutter, rateGate } from '../../src/camera/frame-cutter.ts';
import { FramePool } from '../../src/camera/frame-pool.ts';

test('frames come out whole, however the pipe cuts the bytes', (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50 }),
      fc.array(fc.integer({ min: 0, max: 120 }), { maxLength: 20 }),
      (size, lengths) => {
        const bytes = Uint8Array.from({ length: lengths.reduce((a, b) => a + b, 0) }, (_, i) => i % 251);
        const frames: Uint8Array[] = [];
        const cut = frameCutter(
          () => new Uint8Array(size),
          (frame) => frames.push(frame) > 0,
        );
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
  const cut = frameCutter(
    () => new Uint8Array(2),
    (frame) => seen.push(frame) % 2 === 0,
  );
  cut(Uint8Array.of(1, 1, 2, 2, 3, 3));
  t.is(seen[0], seen[1]);
  t.not(seen[1], seen[2]);
  t.deepEqual([...(seen[1] as Uint8Array)], [2, 2]);
});

test('memory that was given back is filled again; what has another size, or is too much, is let go', (t) => {
  const pool = new FramePool(6);
  const first = pool.take();
  pool.giveBack(new Uint8Array(7));
  pool.giveBack(first);
  t.is(pool.take(), first);
  t.not(pool.take(), first);
  const surplus: Uint8Array[] = Array.from({ length: 100 }, () => new Uint8Array(6));
  for (const memory of surplus) pool.giveBack(memory);
  const again = Array.from({ length: 100 }, () => pool.take());
  t.is(again.filter((memory) => surplus.includes(memory)).length, 4);
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
