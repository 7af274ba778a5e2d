import test from 'ava';
import { cosineDistance, templateFrom } from '../../src/domain/template.ts';
import type { Network } from '../../src/engine/engine.ts';
import { openEngine } from '../../src/engine/onnxruntime-node.ts';
import { placeChip } from '../../src/vision/chip.ts';
import { decode } from '../../src/vision/decode.ts';
import { embedderOver } from '../../src/vision/embedder.ts';
import { embedderSchema } from '../../src/vision/embedder-manifest.ts';
import { loadNetwork, loadPack } from '../../src/vision/pack.ts';
import { planes, warp } from '../../src/vision/pixels.ts';
import { createVision } from '../../src/vision/see.ts';
import { openGates } from '../support/gates.ts';
import { bytesOf, pictures } from '../support/people.ts';

const pack = await loadPack('faceapi');
const engine = await openEngine({ threads: 1 });
const place = { xx: 1, xy: 0, x0: 0, yx: 0, yy: 1, y0: 0 };
const picture = { format: 'rgb24', widthPx: 192, heightPx: 192, data: new Uint8Array(3 * 192 * 192) } as const;
const cut = { picture, place, chip: planes(192, 192) };

/** A network that says the same of every picture, and how many pictures it was shown. */
function saying(...numbers: readonly number[][]) {
  const shown: number[] = [];
  const network: Network = {
    inputNames: ['input'],
    outputNames: ['embedding'],
    async run({ input }) {
      const count = input!.dims[0]!;
      shown.push(count);
      const data = Float32Array.from(Array.from({ length: count }, (_, i) => numbers[i % numbers.length]!).flat());
      return { embedding: { dims: [count, numbers[0]!.length], data } };
    },
    async release() {},
  };
  return { network, shown };
}

const spec = { ...pack.embedder, dimensions: 4, second: { ...pack.embedder.second!, dimensions: 2, weight: 0.5 } };

test('a full look asks both nets, the first one in the mirror as well; the second has its weight', async (t) => {
  const [first, second] = [saying([3, 0], [0, 5]), saying([0, 7])];
  const { full } = embedderOver({ first: first.network, second: second.network }, spec);
  const { template, glimpse } = await full.embed(cut);
  t.deepEqual([first.shown, second.shown], [[2], [1]]);
  t.deepEqual(template?.data, templateFrom(spec.id, [Math.SQRT1_2, Math.SQRT1_2, 0, 0.5]).data);
  t.deepEqual(glimpse, templateFrom(spec.glimpse!.id, [1, 0]));
});

test('a glimpse asks the first net once; its template meets no whole one', async (t) => {
  const [first, second] = [saying([3, 4]), saying([0, 7])];
  const embedder = embedderOver({ first: first.network, second: second.network }, spec);
  const { template, glimpse } = await embedder.glimpse.embed(cut);
  t.deepEqual([first.shown, second.shown, template], [[1], [], null]);
  t.deepEqual(glimpse, templateFrom(spec.glimpse!.id, [3, 4]));
  const whole = (await embedder.full.embed(cut)).template!;
  t.throws(() => cosineDistance(whole, glimpse!), { code: 'template.foreign-embedder' });
});

test('an embedder without glimpses looks in full whatever it is asked for', async (t) => {
  const { glimpse: _, second: __, ...plain } = { ...spec, dimensions: 2 };
  const first = saying([3, 4]);
  const embedded = await embedderOver({ first: first.network }, plain).glimpse.embed(cut);
  t.deepEqual([embedded.template?.model, embedded.glimpse, first.shown], [spec.id, null, [2]]);
});

test('a glimpse of a face is the same whatever surrounds what the first net looks at', async (t) => {
  const network = await loadNetwork(engine, pack.embedder);
  const vision = await createVision({ pack, engine, quality: openGates });
  const [{ file }] = pictures as [(typeof pictures)[number]];
  const frame = { id: 0, capturedAtMs: 0, format: 'jpeg', data: bytesOf(file) } as const;
  const { sightings } = await vision.see(frame);
  const shown = await decode(frame);
  const at = placeChip(sightings[0]!.face, pack.embedder.alignment);
  const { glimpse } = embedderOver({ first: network }, pack.embedder);
  const [whole, middle] = [planes(192, 192), planes(192, 192)];
  warp(shown, at, whole);
  warp(shown, at, middle, glimpse);
  t.is(glimpse.marginPx, 21);
  const of = async (chip: typeof whole) => (await glimpse.embed({ picture: shown, place: at, chip })).glimpse;
  t.deepEqual(await of(middle), await of(whole));
  t.deepEqual(await of(middle), sightings[0]!.glimpse);
  await network.release();
  await vision.close();
});

test('a glimpse needs a name of its own, and a second net leaves something for the first', (t) => {
  const { folder: _, ...good } = pack.embedder;
  t.true(embedderSchema.safeParse(good).success);
  t.false(embedderSchema.safeParse({ ...good, glimpse: { id: good.id } }).success);
  t.false(embedderSchema.safeParse({ ...good, dimensions: 128 }).success);
});
