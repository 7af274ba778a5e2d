import test from 'ava';
import fc from 'fast-check';
import type { Face } from '../../src/domain/face.ts';
import type { Network } from '../../src/engine/engine.ts';
import { livenessOver, wholeFace } from '../../src/vision/liveness.ts';
import { type LivenessSpec, livenessSchema } from '../../src/vision/liveness-manifest.ts';
import type { Picture } from '../../src/vision/pixels.ts';

const middle = { x: 50, y: 50 };
const face: Face = {
  box: { x: 30, y: 30, width: 40, height: 40 },
  landmarks: { leftEye: middle, rightEye: middle, nose: middle, mouthLeft: middle, mouthRight: middle },
  contour: null,
  score: 1,
};
const picture: Picture = { format: 'rgb24', widthPx: 100, heightPx: 100, data: new Uint8Array(30_000).fill(90) };

/** A network that always says the same. */
function saying(...values: number[]): Network {
  return {
    inputNames: ['input'],
    outputNames: ['output'],
    run: async () => ({ output: { dims: [1, values.length], data: Float32Array.from(values) } }),
    release: async () => {},
  };
}

function specOf(groups: { kinds: ('softmax' | 'sigmoid' | 'probability')[]; liveIndex?: number }[]): LivenessSpec {
  return livenessSchema.parse({
    id: 'test/1',
    groups: groups.map(({ kinds, liveIndex = 0 }, g) => ({
      id: `group-${g}`,
      threshold: 0.5,
      networks: kinds.map((kind, n) => ({
        id: `${g}-${n}`,
        file: 'network.onnx',
        sha256: '0'.repeat(64),
        bytes: 1,
        precision: 'fp32',
        origin: 'test',
        licence: 'test',
        input: { name: 'input', layout: 'NCHW', channels: 'BGR', range: [0, 255], widthPx: 8, heightPx: 8 },
        crop: { factor: 2.7, shape: 'face', edge: 'inside' },
        output: { name: 'output', kind, liveIndex },
      })),
    })),
  });
}

test('of several classes, live is what is likelier than any other', async (t) => {
  const judge = livenessOver([saying(1, 2, 1.9)], specOf([{ kinds: ['softmax'], liveIndex: 1 }]));
  const { score, live } = await judge(picture, face);
  t.true(live);
  t.true(score > 0.5 && score < 0.55);
});

test('within a group the networks are averaged, over the groups each has to agree', async (t) => {
  const together = specOf([{ kinds: ['probability', 'probability'] }]);
  t.like(await livenessOver([saying(0.9), saying(0.3)], together)(picture, face), { live: true });
  const apart = specOf([{ kinds: ['probability'] }, { kinds: ['probability'] }]);
  const judged = await livenessOver([saying(0.9), saying(0.3)], apart)(picture, face);
  t.false(judged.live);
  t.true(Math.abs(judged.score - 0.3) < 1e-6);
  t.deepEqual(Object.keys(judged.parts), ['0-0', '1-0']);
});

test('an answer that is no number is not alive', async (t) => {
  for (const [values, kind] of [
    [[Number.NaN, 1], 'softmax'],
    [[Number.NaN], 'sigmoid'],
    [[Number.NaN], 'probability'],
    [[], 'probability'],
  ] as const) {
    const judged = await livenessOver([saying(...values)], specOf([{ kinds: [kind] }]))(picture, face);
    t.deepEqual([judged.score, judged.live], [0, false]);
  }
});

test('a network without the output that pack.json names is an error, not a score', async (t) => {
  const other = { ...saying(1), run: async () => ({ other: { dims: [1], data: new Float32Array(1) } }) };
  await t.throwsAsync(livenessOver([other], specOf([{ kinds: ['sigmoid'] }]))(picture, face), {
    code: 'engine.failed',
  });
});

test('scores stay within 0 and 1 whatever the logits are', async (t) => {
  const logits = fc.array(fc.float({ noNaN: true, min: -500, max: 500 }), { minLength: 3, maxLength: 3 });
  const spec = specOf([{ kinds: ['softmax'], liveIndex: 1 }]);
  await fc.assert(
    fc.asyncProperty(logits, async (values) => {
      const { score, live } = await livenessOver([saying(...values)], spec)(picture, face);
      t.true(score >= 0 && score <= 1);
      t.is(live, score >= 0.5);
    }),
  );
});

test('the face reaches to the hairline, where the points end at the brows', (t) => {
  const contour = [
    { x: 10, y: 20 },
    { x: 110, y: 120 },
  ];
  const { y, height, width } = wholeFace({ contour, box: face.box });
  t.true(y < 0 && Math.round(y + height) === 120 && width < 100);
});
