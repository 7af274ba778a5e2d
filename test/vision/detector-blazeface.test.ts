import test from 'ava';
import type { Box } from '../../src/domain/face.ts';
import type { Network, Tensor } from '../../src/engine/engine.ts';
import { openEngine } from '../../src/engine/onnxruntime-node.ts';
import { decode } from '../../src/vision/decode.ts';
import { blazeFaceOver } from '../../src/vision/detector-blazeface.ts';
import type { BlazeFaceSpec } from '../../src/vision/detector-manifest.ts';
import { loadPack, readNetwork } from '../../src/vision/pack.ts';
import { bytesOf, pictures, scenes } from '../support/people.ts';
import { toYuv420 } from '../support/pictures.ts';

const pack = await loadPack('faceapi');
const spec = pack.detector as BlazeFaceSpec;
const engine = await openEngine();
const network = await engine.load(await readNetwork(pack.detector));
const full = blazeFaceOver(network, spec, spec.input.widthPx);
const nearby = blazeFaceOver(network, spec, spec.input.nearPx);
const picture = { format: 'rgb24', widthPx: 512, heightPx: 384, data: new Uint8Array(512 * 384 * 3) } as const;

test('a cell becomes a box and a square turned with the face, in the pixels of the picture', async (t) => {
  // The picture is twice as large as what the network sees.
  const values = [4, -4, 40, 30, -6, -14, 14, 6];
  const { network: fake, asked } = answering({ stridePx: 16, anchor: 1, column: 3, row: 2, logit: 2, values });
  const [found, ...others] = await blazeFaceOver(fake, spec, 256)(picture);
  t.deepEqual([others.length, asked], [0, ['1,3,192,256']]);
  const middle = { x: 3.5 * 16, y: 2.5 * 16 };
  t.deepEqual(found?.box, { x: (middle.x + 4 - 20) * 2, y: (middle.y - 4 - 15) * 2, width: 80, height: 60 });
  // The eyes go down to the right by 45 degrees; down in the face is then down to the left in the picture.
  const { xx, yx, x0, y0, xy, yy } = found!.square!;
  const lower = 0.05 * 80 * Math.SQRT1_2;
  t.true(near(Math.hypot(xx, yx), 1.09 * 80) && near(xx, yx) && near(xy, -yx) && near(yy, xx));
  t.true(near(x0 + (xx + xy) / 2, (middle.x + 4) * 2 - lower) && near(y0 + (yx + yy) / 2, (middle.y - 4) * 2 + lower));
  t.true(Math.abs((found?.score ?? 0) - 0.8808) < 1e-4);
});

test('the coarse grid has cells of its own size', async (t) => {
  const values = [0, 0, 64, 64, 0, 0, 0, 0];
  const { network: fake } = answering({ stridePx: 32, anchor: 5, column: 7, row: 5, logit: 1, values });
  const [found] = await blazeFaceOver(fake, spec, 256)(picture);
  t.deepEqual(found?.box, { x: (7.5 * 32 - 32) * 2, y: (5.5 * 32 - 32) * 2, width: 128, height: 128 });
});

test('what scores below the threshold is nobody, and neither is what is no number', async (t) => {
  const cell = { stridePx: 16, anchor: 0, column: 3, row: 2, values: [0, 0, 40, 40] };
  t.deepEqual(await blazeFaceOver(answering({ ...cell, logit: -0.1 }).network, spec, 256)(picture), []);
  t.deepEqual(await blazeFaceOver(answering({ ...cell, logit: Number.NaN }).network, spec, 256)(picture), []);
});

test('a network without the promised output is said to be another file', async (t) => {
  const run = async () => ({ other: { dims: [1], data: new Float32Array(1) } });
  const fake = { ...answering({ stridePx: 16, anchor: 0, column: 0, row: 0, logit: 0, values: [] }).network, run };
  await t.throwsAsync(blazeFaceOver(fake, spec, 256)(picture), {
    code: 'engine.failed',
    message: /no "scores_16", only other/,
  });
});

test.serial('every face of the bundled scenes is found, nobody in the empty corridor', async (t) => {
  for (const { file, faces } of scenes) {
    const seen = await full(await decoded(file));
    t.is(seen.length, faces.length, file);
    for (const face of faces)
      t.true(
        seen.some(({ box }) => isOn(box, face.box)),
        file,
      );
  }
});

test.serial(
  'somebody before the camera is found at both sizes, in RGB and in YUV, and how they are turned',
  async (t) => {
    for (const { file, box, eyes } of pictures.filter((_, i) => i % 6 === 0)) {
      const rgb = await decoded(file);
      const yuv = toYuv420({ id: 0, capturedAtMs: 0, ...rgb });
      for (const [detect, seen] of [
        [full, rgb],
        [nearby, rgb],
        [full, yuv],
        [nearby, yuv],
      ] as const) {
        const [face] = await detect(seen);
        t.true(face && isOn(face.box, box), file);
        const [left, right] = eyes as [(typeof eyes)[0], (typeof eyes)[0]];
        const turnDeg = (Math.atan2(right.y - left.y, right.x - left.x) * 180) / Math.PI;
        const { xx, yx } = face!.square!;
        t.true(Math.abs((Math.atan2(yx, xx) * 180) / Math.PI - turnDeg) < 12, file);
      }
    }
  },
);

function near(a: number, b: number): boolean {
  return Math.abs(a - b) < 1e-4;
}

async function decoded(file: string) {
  const frame = await decode({ id: 0, capturedAtMs: 0, format: 'jpeg', data: bytesOf(file) });
  return { ...frame, format: 'rgb24' } as const;
}

/** Whether a box is on a face, given from hairline to chin. */
function isOn(found: Box, face: Box): boolean {
  const x = found.x + found.width / 2;
  const y = found.y + found.height / 2;
  const isWithin = x > face.x && x < face.x + face.width && y > face.y && y < face.y + face.height;
  return isWithin && found.width > 0.5 * face.width && found.width < 2 * face.width;
}

interface Cell {
  readonly stridePx: number;
  readonly anchor: number;
  readonly column: number;
  readonly row: number;
  readonly logit: number;
  /** Box and points, network pixels. */
  readonly values: readonly number[];
}

/** A network that finds one cell. */
function answering({ stridePx, anchor, column, row, logit, values }: Cell): { network: Network; asked: string[] } {
  const asked: string[] = [];
  const run = async (inputs: Readonly<Record<string, Tensor>>) => {
    const { dims } = inputs.input as Tensor;
    asked.push(String(dims));
    const results: Record<string, Tensor> = {};
    for (const grid of spec.output.grids) {
      const [rows, columns] = [(dims[2] as number) / grid.stridePx, (dims[3] as number) / grid.stridePx];
      const scores = new Float32Array(grid.anchors * rows * columns).fill(-9);
      const boxes = new Float32Array(16 * scores.length);
      if (grid.stridePx === stridePx) {
        const cell = row * columns + column;
        scores[anchor * rows * columns + cell] = logit;
        for (const [i, value] of values.entries()) boxes[(anchor * 16 + i) * rows * columns + cell] = value;
      }
      results[`scores_${grid.stridePx}`] = { dims: [1, grid.anchors, rows, columns], data: scores };
      results[`boxes_${grid.stridePx}`] = { dims: [1, 16 * grid.anchors, rows, columns], data: boxes };
    }
    return results;
  };
  return { asked, network: { inputNames: ['input'], outputNames: [], run, release: async () => {} } };
}
