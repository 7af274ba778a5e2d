import test from 'ava';
import { Tracker } from '../src/access/tracker.ts';
import type { VerdictPolicy } from '../src/access/verdict.ts';
import type { Camera } from '../src/camera/camera.ts';
import type { Clock } from '../src/domain/clock.ts';
import { LimenError } from '../src/domain/errors.ts';
import type { Occurrence } from '../src/domain/event.ts';
import type { Frame } from '../src/domain/frame.ts';
import type { Seen } from '../src/domain/sighting.ts';
import { type Template, templateFrom } from '../src/domain/template.ts';
import { Gallery } from '../src/gallery/gallery.ts';
import { type JourneyParts, runJourney } from '../src/pipeline.ts';
import type { Vision } from '../src/vision/vision.ts';

const model = 'test/1';
const ann = templateFrom(model, [1, 0, 0]);
const stranger = templateFrom(model, [0, 0, 1]);
const policy: VerdictPolicy = {
  threshold: 0.1,
  minMargin: 0.05,
  agreeing: 2,
  window: 3,
  decideWithinMs: 500,
  liveness: 'off',
};
const gallery = Gallery.from({
  lineage: 'l',
  version: 1,
  embedder: model,
  people: [{ id: 'ann', name: 'Ann', templates: [ann], groups: [], validFrom: null, validUntil: null, version: 1 }],
  erased: {},
});

/** What a frame shows: a template, nobody, or a picture that cannot be read. */
type Scene = Template | 'nobody' | 'unreadable';

function seenIn(frame: Frame, scene: Template | 'nobody'): Seen {
  const at = { x: 0, y: 0 };
  const face = {
    box: { x: 0, y: 0, width: 100, height: 100 },
    landmarks: { leftEye: at, rightEye: at, nose: at, mouthLeft: at, mouthRight: at },
    contour: null,
    score: 1,
  };
  const quality = {
    interEyePx: 50,
    sharpness: 50,
    yawDeg: 0,
    pitchDeg: 0,
    rollDeg: 0,
    brightness: 99,
    contrast: 30,
    failures: [],
  };
  return {
    frameId: frame.id,
    capturedAtMs: frame.capturedAtMs,
    widthPx: 640,
    heightPx: 480,
    sightings: scene === 'nobody' ? [] : [{ face, quality, liveness: null, template: scene }],
    timings: { decodeMs: 0, detectMs: 0, landmarksMs: 0, embedMs: 0 },
  };
}

/** Plays scenes 100 ms apart on a clock of its own, and writes down what happened in order. */
async function play(scenes: readonly Scene[], more: Partial<JourneyParts> = {}) {
  const log: string[] = [];
  const events: Occurrence[] = [];
  let nowMs = 0;
  const clock: Clock = { now: () => new Date(0), monotonicMs: () => nowMs, quality: () => 'synced' };
  const camera: Camera = {
    name: 'scenes',
    async *frames() {
      for (const [id] of scenes.entries()) {
        nowMs = id * 100;
        yield { id, capturedAtMs: nowMs, format: 'jpeg', data: new Uint8Array() };
      }
    },
  };
  const vision: Vision = {
    model,
    async see(frame) {
      const scene = scenes[frame.id]!;
      if (scene === 'unreadable') throw new LimenError('image.unreadable', 'cut short');
      return seenIn(frame, scene);
    },
    async close() {},
  };
  const journey = runJourney(
    camera,
    {
      vision,
      clock,
      tracker: new Tracker({ window: policy.window, changeDistance: 0.5 }),
      gallery: () => ({ gallery, policy }),
      report: (occurrence) => {
        log.push(occurrence.kind);
        events.push(occurrence);
      },
      act: (verdict) => log.push(`act ${verdict.kind}`),
      ...more,
    },
    new AbortController().signal,
  );
  await journey;
  return { log, events };
}

test('a known face is written down first and let in after, once', async (t) => {
  const { log } = await play([ann, ann, ann, ann]);
  t.deepEqual(log, ['verdict.granted', 'act grant']);
});

test('a stranger is refused when the time is up, and never acted on as a grant', async (t) => {
  const { log } = await play(Array.from({ length: 8 }, () => stranger));
  t.deepEqual(log, ['verdict.denied', 'act deny']);
});

test('a stranger who leaves before the time is up is refused with what was seen', async (t) => {
  const { events } = await play([stranger, stranger, 'nobody']);
  t.like(events[0], { kind: 'verdict.denied', body: { reason: 'unknown' } });
});

test('someone who steps in front of a granted person gets a verdict of their own', async (t) => {
  const { log } = await play([ann, ann, stranger, stranger, ...Array.from({ length: 6 }, () => stranger)]);
  t.deepEqual(log, ['verdict.granted', 'act grant', 'verdict.denied', 'act deny']);
});

test('unreadable frames are one event per outage, and the journey goes on', async (t) => {
  const { log } = await play(['unreadable', 'unreadable', ann, 'unreadable', ann, ann]);
  t.deepEqual(log, ['frame.unreadable', 'frame.unreadable', 'verdict.granted', 'act grant']);
});

test('what cannot be written down opens nothing', async (t) => {
  let acted = false;
  const full = play([ann, ann, ann], {
    report: () => {
      throw new LimenError('disk.full', 'No space left.');
    },
    act: () => {
      acted = true;
    },
  });
  const error = await t.throwsAsync(full, { instanceOf: LimenError });
  t.is(error.code, 'disk.full');
  t.false(acted);
});

test('of every picture it is told when it was where, also of one that could not be looked at', async (t) => {
  const told: unknown[] = [];
  await play([ann, 'unreadable', 'nobody'], {
    onTimes: ({ seen, ...times }) => told.push({ ...times, seen: seen !== null }),
  });
  const at = (frameId: number, seen: boolean) => {
    const ms = frameId * 100;
    return { frameId, capturedAtMs: ms, takenAtMs: ms, seenAtMs: ms, doneAtMs: ms, seen };
  };
  t.deepEqual(told, [at(0, true), at(1, false), at(2, true)]);
});
