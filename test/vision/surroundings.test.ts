import test from 'ava';
import type { Point } from '../../src/domain/face.ts';
import { greyCopy } from '../../src/vision/grey.ts';
import type { Picture } from '../../src/vision/pixels.ts';
import { lookAround } from '../../src/vision/surroundings.ts';

const [widthPx, heightPx] = [400, 300];

/** Brightness of a wall at a place: patches, never the same twice. */
function wall(x: number, y: number): number {
  return 60 + ((Math.imul(Math.floor(x / 9) * 31 + Math.floor(y / 7) * 1013 + 7, 0x9e3779b1) >>> 25) & 127);
}

interface Scene {
  /** Middle of the face. */
  readonly faceX: number;
  /** Where the wall is, and the sheet that the face is printed on; `null` for a living person. */
  readonly wallX?: number;
  readonly sheetX?: number | null;
  readonly light?: number;
  readonly blank?: boolean;
  readonly seed?: number;
}

const facePx = 100;
const sheetPx = 280;

function picture({ faceX, wallX = 0, sheetX = null, light = 1, blank = false, seed = 0 }: Scene): Picture {
  const data = new Uint8Array(3 * widthPx * heightPx);
  for (let y = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++) {
      const onSheet = sheetX !== null && Math.abs(x - sheetX) < sheetPx / 2 && Math.abs(y - 150) < 140;
      const behind = onSheet ? wall(x - sheetX + 3000, y) : blank ? 120 : wall(x - wallX, y);
      const inFace = Math.hypot((x - faceX) / (facePx / 2), (y - 150) / 65) < 1;
      const noise = seed === 0 ? 0 : ((Math.imul(x * 7 + y * 401 + seed, 0x85ebca6b) >>> 28) - 8) / 2;
      data.fill(
        Math.max(0, Math.min(255, (inFace ? 170 : behind) * light + noise)),
        3 * (y * widthPx + x),
        3 * (y * widthPx + x) + 3,
      );
    }
  }
  return { format: 'rgb24', widthPx, heightPx, data };
}

/** Points on the outline of the face. */
function outline(faceX: number): Point[] {
  return Array.from({ length: 68 }, (_, i) => {
    const angle = (i / 68) * 2 * Math.PI;
    return { x: faceX + (facePx / 2) * Math.cos(angle), y: 150 + 50 * Math.sin(angle) };
  });
}

function look(before: Scene, now: Scene) {
  return lookAround(greyCopy(picture(now)), greyCopy(picture(before)), {
    before: outline(before.faceX),
    now: outline(now.faceX),
  });
}

test('a wall behind somebody who moves stays', (t) => {
  t.deepEqual(look({ faceX: 200 }, { faceX: 206 }), { still: 2, moving: 0 });
});

test('a sheet moves along with the face on it', (t) => {
  t.deepEqual(look({ faceX: 180, sheetX: 180 }, { faceX: 186, sheetX: 186 }), { still: 0, moving: 2 });
});

test('a face that walks on a screen that is moved: the screen gives it away', (t) => {
  t.deepEqual(look({ faceX: 200, sheetX: 205 }, { faceX: 204, sheetX: 210 }), { still: 0, moving: 2 });
});

test('a photograph on a stand shows nothing', (t) => {
  t.is(look({ faceX: 200, sheetX: 200 }, { faceX: 200, sheetX: 200, seed: 5 }), null);
});

test('a blank wall tells nothing, neither way', (t) => {
  t.deepEqual(look({ faceX: 200, blank: true }, { faceX: 206, blank: true, seed: 9 }), { still: 0, moving: 0 });
});

test('a camera that was shaken tells nothing', (t) => {
  t.deepEqual(look({ faceX: 200, wallX: 0 }, { faceX: 204, wallX: 4 }), { still: 0, moving: 0 });
});

test('noise and light that flickers make nothing move', (t) => {
  const seen = look({ faceX: 200, seed: 3 }, { faceX: 207, seed: 77, light: 1.05 });
  t.is(seen?.moving, 0);
});
