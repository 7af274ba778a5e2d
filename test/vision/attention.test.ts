import test from 'ava';
import fc from 'fast-check';
import { Tracker } from '../../src/access/tracker.ts';
import { Attention, alertMs } from '../../src/vision/attention.ts';
import type { Picture } from '../../src/vision/pixels.ts';
import { faceAt, seenAt } from '../support/seen.ts';

/** A small grey picture, lighter in its left half by `light`. */
function picture(light: number): Picture {
  const [widthPx, heightPx] = [160, 120];
  const data = new Uint8Array((widthPx * heightPx * 3) / 2).fill(100);
  for (let at = 0; at < widthPx * heightPx; at++) if (at % widthPx < 40) data[at]! += light;
  return { format: 'yuv420p', widthPx, heightPx, data };
}

const still = picture(0);

/** The times, of those asked, at which a still picture is searched. */
function searchesOf(attention: Attention, times: readonly number[]): number[] {
  return times.filter((atMs) => attention.deserves(still, atMs) !== 'nothing');
}

const every = (periodMs: number, count: number, fromMs = 0) =>
  Array.from({ length: count }, (_, i) => fromMs + i * periodMs);

test('before an unmoving picture the idle rate holds, and nobody waits longer than its period', (t) => {
  const attention = new Attention({ idleFps: 2.5 });
  const searched = searchesOf(attention, every(100, 100)).filter((atMs) => atMs > alertMs);
  const gaps = searched.slice(1).map((atMs, i) => atMs - searched[i]!);
  t.deepEqual([...new Set(gaps)], [400]);
  t.is(attention.deserves(still, 11_000), 'whole');
});

test('every picture is searched from the first one that moves until a while after the last', (t) => {
  const attention = new Attention({ idleFps: 1 });
  searchesOf(attention, every(100, 60));
  t.is(attention.deserves(picture(80), 6050), 'glance');
  const after = every(100, 30, 6150);
  t.deepEqual(searchesOf(attention, after).slice(0, 10), after.slice(0, 10));
});

test('a face holds the full rate although it does not move', (t) => {
  const attention = new Attention({ idleFps: 1 });
  searchesOf(attention, every(100, 60));
  const [seenMs] = searchesOf(attention, every(100, 20, 6000)) as [number];
  attention.sawFace(seenMs);
  const after = every(100, alertMs / 100, seenMs + 100);
  t.deepEqual(searchesOf(attention, after), after);
});

test('a clock that went back leaves no picture out for long', (t) => {
  const attention = new Attention({ idleFps: 3 });
  searchesOf(attention, every(100, 100, 1_000_000));
  t.true(searchesOf(attention, every(100, 5)).length > 0);
});

test('an idle rate above the camera searches every picture', (t) => {
  const times = every(100, 60);
  t.deepEqual(searchesOf(new Attention({ idleFps: 10 }), times), times);
});

const step = fc.record({
  gapMs: fc.integer({ min: 20, max: 700 }),
  face: fc.boolean(),
  light: fc.constantFrom(0, 0, 0, 80),
});

test('property: no picture is left out while a track is alive, and none for longer than the idle period', (t) => {
  const world = fc.record({
    steps: fc.array(step, { maxLength: 80 }),
    idleFps: fc.double({ min: 0.5, max: 10, noNaN: true }),
  });
  fc.assert(
    fc.property(world, ({ steps, idleFps }) => {
      const attention = new Attention({ idleFps });
      const tracker = new Tracker({ window: 5, changeDistance: 0.5 });
      let atMs = 0;
      let lastSearchMs = 0;
      let following = false;
      for (const { gapMs, face, light } of steps) {
        atMs += gapMs;
        const searched = attention.deserves(picture(light), atMs) !== 'nothing';
        if (!searched && following) return false;
        if (!searched && atMs - lastSearchMs > 1000 / idleFps) return false;
        if (searched) lastSearchMs = atMs;
        if (searched && face) attention.sawFace(atMs);
        const { seen, left } = tracker.follow(seenAt(atMs, searched && face ? [faceAt({})] : []));
        if (seen.length > 0) following = true;
        else if (left.length > 0) following = false;
      }
      return true;
    }),
  );
  t.pass();
});
