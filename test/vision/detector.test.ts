import test from 'ava';
import type { Network, Tensor } from '../../src/engine/engine.ts';
import { detectorOver } from '../../src/vision/detector.ts';
import type { TinyYolo2Spec } from '../../src/vision/detector-manifest.ts';
import { loadPack } from '../../src/vision/pack.ts';

const picture = { format: 'rgb24', widthPx: 640, heightPx: 480, data: new Uint8Array(640 * 480 * 3) } as const;
const { detector } = await loadPack('faceapi');
const shipped = detector as TinyYolo2Spec;
const spec = { ...shipped, output: { ...shipped.output, anchors: [[2, 3] as [number, number]] } };

interface Cell {
  readonly column: number;
  readonly row: number;
  readonly score: number;
  /** Network pixels; by default the anchor's own size. */
  readonly growth?: number;
}

test('a cell of the grid becomes a box in the pixels of the picture', async (t) => {
  const { network, sizes } = answering([[{ column: 4, row: 3, score: 2 }]]);
  const [found, ...others] = await detectorOver(network, onePass(320))(picture);
  t.deepEqual([others.length, sizes], [0, ['1,3,256,320']]);
  // Centre (4.5, 3.5) cells of 32 px, two by three cells large, at half the picture's scale.
  t.deepEqual(found?.box, { x: 288 - 64, y: 224 - 96, width: 128, height: 192 });
  t.true(Math.abs((found?.score ?? 0) - 0.8808) < 1e-4);
});

test('one face seen by several cells or passes is one face, the best of them', async (t) => {
  const { network, sizes } = answering([
    [
      { column: 4, row: 3, score: 2 },
      { column: 4, row: 4, score: 1 },
    ],
    [{ column: 2, row: 1, score: 1.5, growth: Math.log(0.9) }],
  ]);
  const passes = { ...spec, input: { ...spec.input, passesPx: [320, 160] } };
  const found = await detectorOver(network, passes)(picture);
  t.deepEqual(sizes, ['1,3,256,320', '1,3,128,160']);
  t.is(found.length, 1);
  t.is(found[0]?.box.width, 128);
});

test('a box within another is no second face, people side by side are two', async (t) => {
  const twoPasses = { ...spec, input: { ...spec.input, passesPx: [320, 320] } };
  const large = { column: 4, row: 3, score: 2 };
  const within = answering([[large], [{ ...large, score: 3, growth: Math.log(0.5) }]]);
  const [kept, ...others] = await detectorOver(within.network, twoPasses)(picture);
  t.is(others.length, 0);
  t.is(Math.round(kept?.box.width ?? 0), 64);

  const beside = answering([[large, { column: 7, row: 3, score: 1 }]]);
  t.is((await detectorOver(beside.network, onePass(320))(picture)).length, 2);
});

test('what scores below the threshold is nobody', async (t) => {
  const { network } = answering([[{ column: 4, row: 3, score: -1 }]]);
  t.deepEqual(await detectorOver(network, onePass(320))(picture), []);
});

test('a network without the promised output is said to be another file', async (t) => {
  const network = {
    ...answering([[]]).network,
    run: async () => ({ other: { dims: [1], data: new Float32Array(1) } }),
  };
  await t.throwsAsync(detectorOver(network, onePass(320))(picture), {
    code: 'engine.failed',
    message: /no "grid", only other/,
  });
});

function onePass(sidePx: number) {
  return { ...spec, input: { ...spec.input, passesPx: [sidePx] } };
}

/** A network that finds given cells, pass after pass. */
function answering(passes: Cell[][]): { network: Network; sizes: string[] } {
  const sizes: string[] = [];
  const run = async (inputs: Readonly<Record<string, Tensor>>) => {
    const { dims } = inputs.input as Tensor;
    const [, , heightPx, widthPx] = dims as [number, number, number, number];
    const [rows, columns] = [heightPx / 32, widthPx / 32];
    const cells = passes[sizes.length] ?? [];
    sizes.push(String(dims));
    const data = new Float32Array(5 * rows * columns).fill(0);
    data.fill(-9, 4 * rows * columns);
    for (const { column, row, score, growth = 0 } of cells) {
      const at = row * columns + column;
      data[2 * rows * columns + at] = growth;
      data[3 * rows * columns + at] = growth;
      data[4 * rows * columns + at] = score;
    }
    return { grid: { dims: [1, 5, rows, columns], data } };
  };
  return { sizes, network: { inputNames: ['input'], outputNames: ['grid'], run, release: async () => {} } };
}
