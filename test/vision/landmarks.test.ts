import test from 'ava';
import type { Point } from '../../src/domain/face.ts';
import type { Network } from '../../src/engine/engine.ts';
import { landmarksOver, squareAt } from '../../src/vision/landmarks.ts';
import { loadPack } from '../../src/vision/pack.ts';
import type { Affine } from '../../src/vision/pixels.ts';

const { landmarks: spec } = await loadPack('faceapi');
const picture = { format: 'rgb24', widthPx: 200, heightPx: 200, data: new Uint8Array(200 * 200 * 3) } as const;
const level = { cosine: 1, sine: 0 };
const box = { x: 50, y: 50, width: 100, height: 100 };

/** A face as the network knows faces: 1 / 1.15 of the square, in the middle, with level eyes. */
const usual: readonly Point[] = Array.from({ length: 68 }, (_, i) => {
  const half = 0.5 / 1.15;
  const edges = [0.5 - half, 0.5 + half] as const;
  if (i < 17) return { x: edges[i % 2] as number, y: edges[(i >> 1) % 2] as number };
  return { x: i >= 36 && i < 42 ? 0.3 : 0.7, y: 0.4 };
});

test('a face that lies in its square as the network knows faces is looked at once', async (t) => {
  const looks: string[] = [];
  const contour = await landmarksOver(seeing(usual, looks), spec)(picture, {
    box,
    square: squareAt({ x: 100, y: 100 }, 100, level),
  });
  t.is(looks.length, 1);
  t.true(Math.abs(contour[36]!.x - 80) < 1e-3 && Math.abs(contour[36]!.y - 90) < 1e-3);
});

const strange: Record<string, Affine> = {
  turned: squareAt({ x: 100, y: 100 }, 100, { cosine: Math.cos(0.2), sine: Math.sin(0.2) }),
  moved: squareAt({ x: 110, y: 100 }, 100, level),
  small: squareAt({ x: 100, y: 100 }, 80, level),
  large: squareAt({ x: 100, y: 100 }, 120, level),
};

for (const [name, square] of Object.entries(strange)) {
  test(`a face in a square that is ${name} is looked at again, in its own square`, async (t) => {
    const looks: string[] = [];
    // The face itself stays at 50..150: what the network sees of it depends on where it looks.
    const there = usual.map((point) => inside(square, { x: 50 + 100 * point.x, y: 50 + 100 * point.y }));
    const contour = await landmarksOver(seeing(there, looks, usual), spec)(picture, { box, square });
    t.is(looks.length, 2);
    for (const [i, { x, y }] of contour.entries()) {
      t.true(Math.hypot(x - 50 - 100 * usual[i]!.x, y - 50 - 100 * usual[i]!.y) < 1e-3, `point ${i}`);
    }
  });
}

test('without a square the box is looked at, cut at the edge of the picture', async (t) => {
  const looks: string[] = [];
  await landmarksOver(seeing(usual, looks), spec)(picture, { box });
  t.is(looks.length, 1);
});

/** Where a place of the picture lies in a square, as shares of its side. */
function inside({ xx, xy, x0, yx, yy, y0 }: Affine, { x, y }: Point): Point {
  const size = xx * yy - xy * yx;
  return { x: ((x - x0) * yy - (y - y0) * xy) / size, y: ((y - y0) * xx - (x - x0) * yx) / size };
}

/** A network that answers `first`, and at the second look `later`. */
function seeing(first: readonly Point[], looks: string[], later = first): Network {
  const run = async () => {
    looks.push('look');
    const points = looks.length === 1 ? first : later;
    return { [spec.output.name]: { dims: [1, 136], data: Float32Array.from(points.flatMap(({ x, y }) => [x, y])) } };
  };
  return { inputNames: ['input'], outputNames: [spec.output.name], run, release: async () => {} };
}
