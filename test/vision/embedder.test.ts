import test from 'ava';
import { drawPicture } from '../../models/build/pictures.ts';
import { openEngine } from '../../src/engine/onnxruntime-node.ts';
import { loadNetwork, loadPack } from '../../src/vision/pack.ts';
import { cosine } from '../models/support.ts';

const sidePx = 192;

test('the half that looks in the mirror is the same for a face and its mirror image, and every time', async (t) => {
  const network = await loadNetwork(await openEngine({ threads: 1 }), (await loadPack('faceapi')).embedder);
  const ask = async (data: Float32Array) =>
    (await network.run({ input: { dims: [1, 3, sidePx, sidePx], data } })).embedding!.data;
  for (const picture of ['drawn', 'waves', 'noise'] as const) {
    const chip = drawPicture(picture, sidePx, sidePx);
    const [straight, again, mirrored] = [await ask(chip), await ask(chip), await ask(inMirror(chip))];
    t.deepEqual(again, straight);
    // dlib's half has seen both sides of both.
    t.true(cosine(mirrored.subarray(0, 128), straight.subarray(0, 128)) > 0.9999, picture);
  }
  await network.release();
});

/** About the mean face's axis of symmetry, which lies a pixel left of the middle; the edge that this bares is repeated. */
function inMirror(chip: Float32Array): Float32Array {
  return chip.map((_, i) => chip[i - (i % sidePx) + Math.max(0, 190 - (i % sidePx))]!);
}
