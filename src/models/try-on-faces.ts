import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cosineDistance, type Template } from '../domain/template.ts';
import type { Engine } from '../engine/engine.ts';
import { packageRoot } from '../runtime/package-root.ts';
import { loadPack } from '../vision/pack.ts';
import { createVision } from '../vision/see.ts';
import type { Vision } from '../vision/vision.ts';

/** How far apart an embedder holds rendered faces, 1 − cosine, on average: a first look, never a figure to decide by. */
export interface FirstLook {
  /** Two pictures of one person. */
  readonly nearest: number;
  /** Two people. */
  readonly farthest: number;
}

/** Everything passes: what is looked at is the embedder. */
const noGates = {
  ...{ minInterEyePx: 0, minSharpness: 0, maxYawDeg: 180, maxPitchDeg: 180, maxRollDeg: 180 },
  ...{ minBrightness: 0, maxBrightness: 255, minContrast: 0 },
};

/**
 * Look at the people who come with limen (rendered; they do not exist) with a pack.
 *
 * @throws LimenError `template.invalid` when the network answers with something that has no direction.
 */
export async function tryOnFaces(packFolder: string, engine: Engine): Promise<FirstLook> {
  const vision = await createVision({ pack: await loadPack(packFolder), engine, quality: noGates });
  try {
    const people = await Promise.all(
      ['p01', 'p02', 'p04', 'p06'].map((id) =>
        Promise.all(['enrol-1', 'probe-1'].map((picture) => templateOf(vision, join('people', id, `${picture}.jpg`)))),
      ),
    );
    const same = people.map(([enrolled, probe]) => cosineDistance(enrolled!, probe!));
    const different = people.flatMap(([one], i) =>
      people.filter((_, j) => j !== i).map(([, other]) => cosineDistance(one!, other!)),
    );
    return { nearest: mean(same), farthest: mean(different) };
  } finally {
    await vision.close();
  }
}

async function templateOf(vision: Vision, picture: string): Promise<Template> {
  const data = new Uint8Array(await readFile(join(packageRoot(), 'test', 'people', picture)));
  const { sightings } = await vision.see({ id: 0, capturedAtMs: 0, format: 'jpeg', data });
  return sightings[0]!.template!;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
