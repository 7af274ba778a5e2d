import test from 'ava';
import type { Face } from '../../src/domain/face.ts';
import type { Sighting } from '../../src/domain/sighting.ts';
import { cosineDistance } from '../../src/domain/template.ts';
import type { OpenEngine } from '../../src/engine/engine.ts';
import { openEngine as openReference } from '../../src/engine/onnxruntime-node.ts';
import { loadPack } from '../../src/vision/pack.ts';
import { createVision } from '../../src/vision/see.ts';
import { openGates } from '../support/gates.ts';
import { bytesOf, pictures, scenes } from '../support/people.ts';
import { needs, type Part } from '../support/require.ts';

/** Templates of two engines are of one embedder, so they have to be near enough to be compared. */
const leastCosine = 0.99;
const mostPx = 1;
const mostLiveness = 0.05;

/**
 * Every engine sees on all bundled pictures what onnxruntime-node sees: as many faces, in the same places, with templates
 * that can be matched with one another's.
 */
export function agreementContract(driver: string, openEngine: OpenEngine, part?: Part): void {
  test(`${driver}: sees on every bundled picture what onnxruntime-node sees`, async (t) => {
    if (part !== undefined && !needs(t, part)) return;
    t.timeout(300_000);
    const files = [...pictures, ...scenes].map(({ file }) => file);
    const [expected, actual] = [await seenBy(openReference, files), await seenBy(openEngine, files)];
    let worst = 1;
    files.forEach((file, i) => {
      const [theirs, ours] = [expected[i] as Sighting[], actual[i] as Sighting[]];
      t.is(ours.length, theirs.length, `${file}: faces`);
      theirs.forEach(({ face, template, liveness }, j) => {
        const mine = ours[j] as Sighting;
        t.true(farthest(face, mine.face) <= mostPx, `${file}: box ${j} is ${farthest(face, mine.face)} px off`);
        t.is(mine.template === null, template === null, `${file}: quality of face ${j}`);
        t.is(mine.liveness === null, liveness === null, `${file}: liveness of face ${j}`);
        if (liveness && mine.liveness) t.true(Math.abs(liveness.score - mine.liveness.score) <= mostLiveness, file);
        if (template === null || mine.template === null) return;
        const cosine = 1 - cosineDistance(template, mine.template);
        worst = Math.min(worst, cosine);
        t.true(cosine >= leastCosine, `${file}: cosine ${cosine}`);
      });
    });
    t.log(`${expected.flat().length} faces, lowest cosine ${worst.toFixed(5)}`);
  });
}

async function seenBy(openEngine: OpenEngine, files: readonly string[]): Promise<Sighting[][]> {
  const vision = await createVision({
    pack: await loadPack('faceapi'),
    engine: await openEngine(),
    quality: openGates,
  });
  const all: Sighting[][] = [];
  for (const [id, file] of files.entries()) {
    const { sightings } = await vision.see({ id, capturedAtMs: 0, format: 'jpeg', data: bytesOf(file) });
    all.push([...sightings]);
  }
  await vision.close();
  return all;
}

/** The largest difference of two boxes' edges. */
function farthest({ box: a }: Face, { box: b }: Face): number {
  const edges = (box: Face['box']) => [box.x, box.y, box.x + box.width, box.y + box.height];
  const [ours, theirs] = [edges(a), edges(b)];
  return Math.max(...ours.map((edge, i) => Math.abs(edge - (theirs[i] as number))));
}
