import test from 'ava';
import type { Seen } from '../src/domain/sighting.ts';
import { JourneyFigures } from '../src/journey-figures.ts';

const timings = { decodeMs: 4, detectMs: 20, landmarksMs: 0, embedMs: 0 };

/** A clock that is set, and a picture of it: captured 10 ms before it is taken up, looked at for 30 ms, decided in 2. */
function watched() {
  let nowMs = 0;
  const figures = new JourneyFigures({ monotonicMs: () => nowMs });
  const took = (frameId: number, atMs: number, seen: Pick<Seen, 'timings' | 'leftOut'> | null = { timings }) => {
    nowMs = atMs;
    figures.took({
      ...{ frameId, capturedAtMs: atMs - 42, takenAtMs: atMs - 32, seenAtMs: atMs - 2, doneAtMs: atMs, seen },
    });
  };
  const at = (ms: number) => {
    nowMs = ms;
  };
  return { figures, took, at };
}

test('pictures of the last minute are counted: looked at, still, failed, and those that the camera had too many of', (t) => {
  const { figures, took, at } = watched();
  t.is(figures.frames.perSecond, 0);
  for (let i = 1; i <= 100; i++) {
    // Every second picture of the camera's is missed.
    const seen = i % 10 === 0 ? null : i % 2 === 0 ? { timings, leftOut: true as const } : { timings };
    took(i * 2, i * 200, seen);
  }
  t.deepEqual(figures.frames, {
    ...{ overSeconds: 20, perSecond: 5, droppedPerSecond: 4.95, stillPerSecond: 2, failedPerSecond: 0.5 },
  });
  at(70_000);
  t.is(figures.frames.overSeconds, 60);
  t.is(figures.frames.perSecond, 0.83, 'what is older than a minute counts no more');
  at(100_000);
  t.is(figures.frames.perSecond, 0);
  t.deepEqual(figures.latency, {});
});

test('a camera that was opened anew counts from the beginning, and has missed nothing', (t) => {
  const { figures, took } = watched();
  took(900, 1000);
  took(1, 2000);
  took(4, 3000);
  t.is(figures.frames.droppedPerSecond, 0.67);
});

test('where the time went, by stage: half of the pictures were as quick, 95 of 100 nearly so', (t) => {
  const { figures, took } = watched();
  for (let i = 1; i <= 99; i++) took(i, i * 100, { timings: { ...timings, embedMs: i > 60 ? i : 0 } });
  took(100, 10_000, { timings, leftOut: true });
  const { camera, decode, detect, landmarks, embed, decide, total } = figures.latency;
  t.deepEqual(camera, { p50Ms: 10, p95Ms: 10, pictures: 99 });
  t.deepEqual([decode?.p50Ms, detect?.p50Ms, decide?.p50Ms, total?.p50Ms], [4, 20, 2, 42]);
  t.is(landmarks, undefined, 'nobody was there');
  t.deepEqual(embed, { p50Ms: 80, p95Ms: 98, pictures: 39 });
});

test('a camera faster than the ring is long is told of over less than a minute, at its true rate', (t) => {
  const { figures, took } = watched();
  for (let i = 1; i <= 6000; i++) took(i, i * 10);
  const { overSeconds, perSecond } = figures.frames;
  t.true(overSeconds < 21 && overSeconds > 20, String(overSeconds));
  t.true(Math.abs(perSecond - 100) < 0.2, String(perSecond));
});

test('how long verdicts took, from the first good sighting, of the last hundred', (t) => {
  const { figures } = watched();
  t.is(figures.verdicts, null);
  const decided = (decidingMs: number | null) =>
    figures.decided({ kind: 'deny', reason: 'unknown', personId: null, evidence: { decidingMs } as never });
  decided(null);
  t.is(figures.verdicts, null);
  for (let i = 1; i <= 150; i++) decided(i);
  t.deepEqual(figures.verdicts, { p50Ms: 100, p95Ms: 145, count: 100 });
});
