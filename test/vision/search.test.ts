import test from 'ava';
import type { Detection } from '../../src/vision/detector.ts';
import { nearFirst } from '../../src/vision/search.ts';

const picture = { format: 'rgb24', widthPx: 640, heightPx: 480, data: new Uint8Array() } as const;
const face = (width: number, score = 0.9): Detection => ({ box: { x: 0, y: 0, width, height: width }, score });
const [close, far] = [face(200), face(60)];

/** What one picture shows to either search. */
interface Shown {
  readonly around?: readonly Detection[];
  readonly near?: readonly Detection[];
  readonly full?: readonly Detection[];
}

/** Which searches are made for pictures 100 ms apart, and how many faces come out. */
async function watching(shown: readonly Shown[], stepMs = 100): Promise<string[]> {
  let now: Shown = {};
  let made = '';
  const detect = (kind: 'near' | 'full' | 'around') => async () => {
    made += kind[0];
    return [...(now[kind] ?? [])];
  };
  const [near, full, around] = [detect('near'), detect('full'), detect('around')];
  const search = nearFirst({ near, full, around, fullEveryMs: 400 });
  const log: string[] = [];
  for (const [i, next] of shown.entries()) {
    [now, made] = [next, ''];
    const { length } = await search(picture, i * stepMs);
    log.push(`${made}${length}`);
  }
  return log;
}

test('an empty scene costs a full search every 400 ms', async (t) => {
  t.deepEqual(await watching(Array(6).fill({})), ['f0', 'n0', 'n0', 'n0', 'f0', 'n0']);
});

test('at a low rate every picture is searched in full', async (t) => {
  t.deepEqual(await watching(Array(3).fill({}), 500), ['f0', 'f0', 'f0']);
});

test('somebody near needs the near search only, and who stands behind is seen all the same', async (t) => {
  const both = { near: [close], full: [close, far] };
  const alone = { ...both, around: [close] };
  t.deepEqual(await watching(Array(6).fill(both)), ['f2', 'n1', 'an1', 'an1', 'f2', 'n1']);
  t.deepEqual(await watching([{ full: [close] }, ...Array(5).fill(alone)]), ['f1', 'a1', 'a1', 'a1', 'f2', 'n1']);
});

test('one face, however far, is looked for where it was; when it is not surely there, in the whole picture', async (t) => {
  const walking = { around: [far], full: [far] };
  const unsure = { around: [face(60, 0.55)], full: [far] };
  t.deepEqual(await watching([walking, walking, unsure, walking, walking]), ['f1', 'a1', 'af1', 'a1', 'a1']);
});

test('a near face that is lost where it was is looked for among the near ones, then in the whole picture', async (t) => {
  const shown = [{ full: [close] }, { around: [], near: [close] }, { around: [], near: [], full: [close] }];
  t.deepEqual(await watching(shown), ['f1', 'an1', 'anf1']);
});

test('two faces near the camera are both kept in sight', async (t) => {
  const two = { near: [close, close], full: [close, close], around: [close] };
  t.deepEqual(await watching([two, two, two]), ['f2', 'n2', 'n2']);
});

test('somebody far away is looked for in every picture, until gone', async (t) => {
  const shown = [{ full: [far] }, { full: [far] }, { full: [far] }, {}, {}];
  t.deepEqual(await watching(shown), ['f1', 'af1', 'af1', 'af0', 'n0']);
});

test('what the near search is not sure of is searched in full', async (t) => {
  const unsure = { near: [face(200, 0.55)], full: [close] };
  const small = { near: [far], full: [far] };
  t.deepEqual(await watching([{}, unsure, {}, {}, small]), ['f0', 'nf1', 'anf0', 'n0', 'nf1']);
});

test('time that runs backwards starts afresh', async (t) => {
  const made: string[] = [];
  const noting = (kind: string) => async () => {
    made.push(kind);
    return [];
  };
  const search = nearFirst({ near: noting('n'), full: noting('f'), around: noting('a') });
  await search(picture, 5000);
  await search(picture, 100);
  t.deepEqual(made, ['f', 'f']);
});
