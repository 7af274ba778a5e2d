import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import * as ort from 'onnxruntime-node';
import { drawPicture } from '../../models/build/pictures.ts';
import type { ReferenceCase } from '../../models/build/reference.ts';
import { packageRoot } from '../../src/runtime/package-root.ts';
import { cosine, relativeError, run } from './support.ts';

const folder = join(packageRoot(), 'models/faceapi');
const pack = JSON.parse(await readFile(join(folder, 'pack.json'), 'utf8'));
const reference: { cases: ReferenceCase[] } = JSON.parse(
  await readFile(join(packageRoot(), 'test/models/reference.json'), 'utf8'),
);

for (const role of ['detector', 'landmarks', 'embedder'] as const) {
  test(`the ${role} file is the one pack.json names`, async (t) => {
    const bytes = await readFile(join(folder, pack[role].file));
    t.is(createHash('sha256').update(bytes).digest('hex'), pack[role].sha256);
    t.is(bytes.length, pack[role].bytes);
  });

  test(`the ${role} answers like face-api's own`, async (t) => {
    const session = await ort.InferenceSession.create(join(folder, pack[role].file));
    t.deepEqual(session.inputNames, [pack[role].input.name]);
    t.deepEqual(session.outputNames, [pack[role].output.name]);

    for (const entry of reference.cases.filter((one) => one.role === role)) {
      const picture = drawPicture(entry.picture, entry.widthPx, entry.heightPx);
      const output = await run(session, picture, [1, 3, entry.heightPx, entry.widthPx]);
      t.deepEqual(output.dims, entry.shape);
      const what = `${entry.picture} ${entry.widthPx}x${entry.heightPx}`;
      if (pack[role].precision === 'int8') t.true(cosine(output.data, entry.values) >= 0.99, what);
      else t.true(relativeError(output.data, entry.values) <= 1e-4, what);
    }
  });
}

test('the detector finds the drawn face where it was drawn', async (t) => {
  const session = await ort.InferenceSession.create(join(folder, pack.detector.file));
  const { data, dims } = await run(session, drawPicture('drawn', 160, 160), [1, 3, 160, 160]);
  const [, , rows, columns] = dims as [number, number, number, number];
  const cells = rows * columns;
  const channel = (anchor: number, k: number) => data.subarray((anchor * 5 + k) * cells, (anchor * 5 + k + 1) * cells);
  const scores: Float32Array[] = pack.detector.output.anchors.map((_: unknown, anchor: number) => channel(anchor, 4));

  const best = Math.max(...scores.map((values) => Math.max(...values)));
  t.true(sigmoid(best) > pack.detector.scoreThreshold);

  const anchor = scores.findIndex((values) => values.includes(best));
  const cell = scores[anchor]!.indexOf(best);
  const x = ((cell % columns) + sigmoid(channel(anchor, 0)[cell]!)) / columns;
  const y = (Math.floor(cell / columns) + sigmoid(channel(anchor, 1)[cell]!)) / rows;
  t.true(Math.abs(x - 0.5) < 0.05, `x ${x}`);
  t.true(Math.abs(y - 0.5) < 0.1, `y ${y}`);
});

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
