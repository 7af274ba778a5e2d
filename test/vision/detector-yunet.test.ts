import test from 'ava';
import type { Network, Tensor } from '../../src/engine/engine.ts';
import { detectorSchema, type YunetSpec } from '../../src/vision/detector-manifest.ts';
import { yunetOver } from '../../src/vision/detector-yunet.ts';

const spec: YunetSpec = {
  id: 'yunet-of-the-test/1',
  file: 'none.onnx',
  sha256: '0'.repeat(64),
  bytes: 1,
  precision: 'fp32',
  origin: '',
  licence: '',
  decoder: 'yunet',
  input: {
    name: 'input',
    layout: 'NCHW',
    channels: 'BGR',
    range: [0, 255],
    norm: { kind: 'none' },
    widthPx: 64,
    heightPx: 64,
    multipleOfPx: 32,
    dynamic: false,
  },
  output: { stridesPx: [8, 16] },
  scoreThreshold: 0.5,
  iouThreshold: 0.4,
};
/** Twice as large as the network's input: a network pixel is two of the picture. */
const picture = { format: 'rgb24', widthPx: 128, heightPx: 96, data: new Uint8Array(128 * 96 * 3).fill(9) } as const;

test('a pack that describes an input which would be fed wrongly is refused', (t) => {
  t.true(detectorSchema.safeParse(spec).success);
  for (const wrong of [{ dynamic: true }, { heightPx: 32 }]) {
    t.false(detectorSchema.safeParse({ ...spec, input: { ...spec.input, ...wrong } }).success);
  }
});

test('a cell becomes a box in the pixels of the picture', async (t) => {
  const network = answering({ stridePx: 8, cell: 8 * 2 + 3, classes: 0.9, objects: 0.4, box: [0.5, 0.25, 1, 0] });
  const [face, ...others] = await yunetOver(network, spec)(picture);
  t.is(others.length, 0);
  t.true(Math.abs(face!.score - Math.sqrt(0.36)) < 1e-6);
  const width = Math.E * 16;
  t.true(near(face!.box, { x: 3.5 * 16 - width / 2, y: 2.25 * 16 - 8, width, height: 16 }), JSON.stringify(face!.box));
});

test('a score below the threshold is no face, and a number that is none neither', async (t) => {
  for (const objects of [0.2, -1, Number.NaN]) {
    const network = answering({ stridePx: 16, cell: 0, classes: 0.9, objects, box: [0, 0, 0, 0] });
    t.deepEqual(await yunetOver(network, spec)(picture), []);
  }
});

test('the network gets blue first, and black where the picture ends', async (t) => {
  let fed: Float32Array | undefined;
  const network = answering({ stridePx: 8, cell: 0, classes: 0, objects: 0, box: [0, 0, 0, 0] }, (data) => {
    fed = data.slice();
  });
  const blue = new Uint8Array(128 * 96 * 3).map((_, i) => (i % 3 === 2 ? 200 : 0));
  await yunetOver(network, spec)({ ...picture, data: blue });
  t.is(Math.round(fed![64 * 10 + 10]!), 200);
  t.is(fed![64 * 64 * 2 + 64 * 10 + 10], 0);
  t.is(fed![64 * 60 + 10], 0);
});

interface Cell {
  readonly stridePx: number;
  readonly cell: number;
  readonly classes: number;
  readonly objects: number;
  readonly box: readonly number[];
}

/** A network that finds one face. */
function answering(found: Cell, onInput: (data: Float32Array) => void = () => {}): Network {
  return {
    inputNames: ['input'],
    outputNames: [],
    async run({ input }) {
      onInput(input!.data);
      const results: Record<string, Tensor> = {};
      for (const stridePx of spec.output.stridesPx) {
        const cells = (64 / stridePx) ** 2;
        const output = (name: string, values: readonly number[]) => {
          const data = new Float32Array(cells * values.length);
          if (stridePx === found.stridePx) data.set(values, found.cell * values.length);
          results[`${name}_${stridePx}`] = { dims: [1, cells, values.length], data };
        };
        output('cls', [found.classes]);
        output('obj', [found.objects]);
        output('bbox', found.box);
      }
      return results;
    },
    release: async () => {},
  };
}

function near(a: object, b: object): boolean {
  const values = Object.values(b) as number[];
  return Object.values(a).every((value, i) => Math.abs(value - values[i]!) < 1e-4);
}
