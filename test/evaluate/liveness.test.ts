import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import type { Seen, Sighting } from '../../src/domain/sighting.ts';
import { readClips } from '../../src/evaluate/labelled.ts';
import { type Answer, bySpecies, type Presentation } from '../../src/evaluate/presentation-attacks.ts';
import { rehearse } from '../../src/evaluate/rehearsal.ts';
import type { Vision } from '../../src/vision/vision.ts';
import { temporaryFolders } from '../support/folders.ts';
import { jpegOf } from '../support/pictures.ts';
import { madeUp } from './people.ts';

const folder = temporaryFolders(test);
const [[template]] = madeUp(1) as [[Sighting['template']]];
const alive = { score: 0.9, live: true, threshold: 0.5, parts: {} };
const policy = { agreeing: 3, window: 5, decideWithinMs: 1000 };

/** Eyes that see the same face in every frame, as live as the frame's number says. */
function eyes(liveness: (frame: number) => Sighting['liveness'], usable = true): Vision {
  const point = { x: 50, y: 50 };
  const landmarks = { leftEye: point, rightEye: point, nose: point, mouthLeft: point, mouthRight: point };
  return {
    model: template!.model,
    async see({ id, capturedAtMs }): Promise<Seen> {
      const sighting = {
        face: { box: { x: 0, y: 0, width: 100, height: 100 }, landmarks, contour: null, score: 1 },
        quality: {
          interEyePx: 60,
          sharpness: 99,
          yawDeg: 0,
          pitchDeg: 0,
          rollDeg: 0,
          brightness: 99,
          contrast: 50,
          failures: usable ? [] : ['blurred'],
        },
        liveness: liveness(id),
        template: usable ? template : null,
      } as Sighting;
      const timings = { decodeMs: 0, detectMs: 0, landmarksMs: 0, embedMs: 0 };
      return { frameId: id, capturedAtMs, widthPx: 200, heightPx: 200, sightings: [sighting], timings };
    },
    async close() {},
  };
}

async function clipOf(frames: number, species: string | null) {
  const place = folder();
  const jpeg = await jpegOf(32, 32);
  const files = Array.from({ length: frames }, (_, i) => join(place, `frame-${i}.jpg`));
  for (const file of files) writeFileSync(file, jpeg);
  return { name: 'a clip', files, fps: 10, species };
}

async function answerTo(vision: Vision): Promise<Presentation> {
  return rehearse(
    await clipOf(20, 'print'),
    { ...policy, changeDistance: 0.5 },
    { vision, signal: new AbortController().signal },
  );
}

test('what looks alive in every frame is let in, what does not is refused', async (t) => {
  const live = await answerTo(eyes(() => alive));
  t.is(live.answer, 'accepted');
  t.is(live.frames.length, 20);
  t.is((await answerTo(eyes(() => ({ ...alive, score: 0.1, live: false })))).answer, 'rejected');
});

test('a liveness that cannot be judged lets nobody in', async (t) => {
  const { answer, frames } = await answerTo(eyes(() => null));
  t.is(answer, 'rejected');
  t.deepEqual(frames, []);
});

test('a face that is never good enough gets no answer', async (t) => {
  t.is((await answerTo(eyes(() => alive, false))).answer, 'no-answer');
});

function presentation(species: string | null, answer: Answer): Presentation {
  return { name: 'x', species, answer, frames: [{ score: 0.5, live: answer === 'accepted' }] };
}

test('APCER and BPCER by hand: each species by itself, no answer apart', (t) => {
  const [living, print, screen] = bySpecies([
    presentation(null, 'accepted'),
    presentation(null, 'accepted'),
    presentation(null, 'accepted'),
    presentation(null, 'rejected'),
    presentation('print', 'rejected'),
    presentation('print', 'rejected'),
    presentation('screen', 'accepted'),
    presentation('screen', 'rejected'),
    presentation('screen', 'no-answer'),
  ]);
  t.deepEqual([living!.species, living!.clips, living!.errorRate], [null, 4, 0.25]);
  t.deepEqual([print!.species, print!.errorRate], ['print', 0]);
  t.deepEqual([screen!.species, screen!.clips, screen!.answered, screen!.errorRate], ['screen', 3, 2, 0.5]);
  t.is(screen!.frameErrorRate, 1 / 3);
  // Two refused prints say very little: the interval reaches far.
  t.true(print!.interval95[1] > 0.6);
});

test('a species that got no answer at all has no rate', (t) => {
  const [only] = bySpecies([presentation('mask', 'no-answer')]);
  t.is(only!.errorRate, null);
  t.deepEqual(only!.interval95, [0, 1]);
});

test('folders say what a clip shows when there is no manifest', async (t) => {
  const place = folder();
  const jpeg = await jpegOf(32, 32);
  for (const clip of ['live/ada', 'print/a4', 'print/a3', 'screen/phone']) {
    mkdirSync(join(place, clip), { recursive: true });
    for (const frame of [10, 9]) writeFileSync(join(place, clip, `frame-${frame}.jpg`), jpeg);
  }
  const clips = await readClips(place);
  t.deepEqual(
    clips.map(({ name, species }) => [name, species]),
    [
      ['live/ada', null],
      ['print/a3', 'print'],
      ['print/a4', 'print'],
      ['screen/phone', 'screen'],
    ],
  );
  t.deepEqual(
    clips[0]!.files.map((file) => file.slice(-12)),
    ['/frame-9.jpg', 'frame-10.jpg'],
  );
  await t.throwsAsync(readClips(folder()), { code: 'evaluate.too-little' });
});
