import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Box, Point } from '../../src/domain/face.ts';
import { packageRoot } from '../../src/runtime/package-root.ts';

/** The bundled people who do not exist. */
export const peopleFolder = join(packageRoot(), 'test', 'people');

interface Picture {
  readonly file: string;
  readonly id: string;
  readonly box: readonly [x: number, y: number, width: number, height: number];
  readonly eyes: ReadonlyArray<readonly [x: number, y: number]>;
  readonly yawDeg: number;
  readonly rollDeg: number;
}

interface Scene {
  readonly file: string;
  readonly faces: ReadonlyArray<Pick<Picture, 'id' | 'box' | 'eyes'>>;
}

const manifest = JSON.parse(readFileSync(join(peopleFolder, 'manifest.json'), 'utf8')) as {
  images: Picture[];
  scenes: Scene[];
};

/** Every single picture, with what is known about the face in it. The eyes are ordered as seen: left first. */
export const pictures = manifest.images.map((picture) => ({ ...picture, box: boxOf(picture), eyes: eyesOf(picture) }));

/** Pictures with several people, and one with none. */
export const scenes = manifest.scenes.map(({ file, faces }) => ({
  file,
  faces: faces.map((face) => ({ id: face.id, box: boxOf(face) })),
}));

/** The bytes of a bundled file, in memory of their own. */
export function bytesOf(file: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(join(peopleFolder, file)));
}

function boxOf({ box: [x, y, width, height] }: Pick<Picture, 'box'>): Box {
  return { x, y, width, height };
}

function eyesOf({ eyes }: Picture): Point[] {
  return eyes.map(([x, y]) => ({ x, y })).sort((a, b) => a.x - b.x);
}
