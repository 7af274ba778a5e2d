import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { metAt, type Observation } from '../../src/access/challenge.ts';
import { Tracker } from '../../src/access/tracker.ts';
import type { SignsOfLife } from '../../src/domain/sighting.ts';
import { openEngine } from '../../src/engine/onnxruntime-node.ts';
import { packageRoot } from '../../src/runtime/package-root.ts';
import { loadPack } from '../../src/vision/pack.ts';
import { createVision } from '../../src/vision/see.ts';

const quality = {
  minInterEyePx: 30,
  minSharpness: 20,
  maxYawDeg: 30,
  maxPitchDeg: 30,
  maxRollDeg: 30,
  minBrightness: 35,
  maxBrightness: 225,
  minContrast: 12,
};

/** What a clip shows: the signs of each frame, and what a challenge would see of it. */
async function watch(clip: string, { frames, fps }: { frames: number; fps: number }) {
  const vision = await createVision({ pack: await loadPack([]), engine: await openEngine({ threads: 1 }), quality });
  const tracker = new Tracker({ window: 5, changeDistance: 2 });
  const signs: (SignsOfLife | null)[] = [];
  let observations: readonly Observation[] = [];
  for (let i = 1; i <= frames; i++) {
    const file = join(packageRoot(), 'test/people/clips', clip, `frame-${String(i).padStart(4, '0')}.jpg`);
    const data = new Uint8Array(await readFile(file));
    const seen = await vision.see({ id: i, capturedAtMs: (i * 1000) / fps, format: 'jpeg', data });
    signs.push(seen.sightings[0]?.signs ?? null);
    const [track] = tracker.follow(seen).seen;
    if (track) observations = [...track.observations];
  }
  await vision.close();
  return { signs, observations };
}

test('eyes that blink look unlike this person’s open eyes, and the nose stays the nose', async (t) => {
  t.timeout(120_000);
  const { signs, observations } = await watch('walkup-p01-blink', { frames: 50, fps: 10 });
  for (const shut of [26, 42, 43]) t.true(signs[shut - 1]!.eyes! < 0.65, `frame ${shut}: ${signs[shut - 1]!.eyes}`);
  for (const open of [30, 38, 48]) t.true(signs[open - 1]!.eyes! > 0.8, `frame ${open}: ${signs[open - 1]!.eyes}`);
  t.true(signs.slice(20).every((sign) => sign!.nose! > 0.7));
  t.not(metAt('blink', observations, 1900), null);
  t.is(metAt('turn-left', observations, 0), null);
});

test('a blink of one frame counts, with and without glasses', async (t) => {
  t.timeout(120_000);
  for (const clip of ['walkup-p01-blink', 'walkup-p05-headturn']) {
    // Up to before the longer blink of frames 42 and 43.
    const { observations } = await watch(clip, { frames: 35, fps: 10 });
    const atMs = metAt('blink', observations, 2000);
    t.true(atMs !== null && Math.abs(atMs - 2700) < 1, `${clip}: ${atMs}`);
  }
});

test('a head that turns answers to its own side only', async (t) => {
  t.timeout(120_000);
  const { observations } = await watch('walkup-p05-headturn', { frames: 50, fps: 10 });
  t.not(metAt('turn-left', observations, 2000), null);
  t.is(metAt('turn-right', observations, 0), null);
});

test('a print and a photograph on a phone neither blink nor turn', async (t) => {
  t.timeout(120_000);
  for (const clip of ['attack-paper-p01', 'attack-phone-photo-p03']) {
    const { observations } = await watch(clip, { frames: 25, fps: 5 });
    for (const task of ['blink', 'turn-left', 'turn-right'] as const) t.is(metAt(task, observations, 0), null, clip);
  }
});
