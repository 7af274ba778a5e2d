import test from 'ava';
import { cosineDistance } from '../../src/domain/template.ts';
import { compareAll, equalErrorOf } from '../../src/evaluate/all-pairs.ts';
import { curveOfAll, hillsOf } from '../../src/evaluate/curves.ts';
import { tarAtFar } from '../../src/evaluate/operating-points.ts';
import { scoresOf } from '../../src/evaluate/scores.ts';
import { madeUp } from './people.ts';

const people = madeUp(40, { pictures: 3, noise: 0.8 });
const entries = people.flatMap((pictures, person) => pictures.map((template) => ({ person, template })));

/** Every pair, one by one, as slowly and plainly as can be. */
function plainly() {
  const pairs = entries.flatMap((a, i) => entries.slice(0, i).map((b) => ({ a, b })));
  const scores = (same: boolean) =>
    scoresOf(
      pairs
        .filter(({ a, b }) => (a.person === b.person) === same)
        .map(({ a, b }) => ({ distance: cosineDistance(a.template, b.template), first: a.person, second: b.person })),
    );
  return { genuine: scores(true), impostors: scores(false) };
}

test('all against all gives the same rates as comparing one by one', (t) => {
  const [all, plain] = [compareAll(entries), plainly()];
  t.is(all.genuine.total(), 40 * 3);
  t.is(all.impostors.total(), (120 * 119) / 2 - 120);
  t.is(
    all.histogram.reduce((sum, count) => sum + count, 0),
    all.impostors.total(),
  );
  const rates = [0.001, 0.003, 0.01, 0.02];
  const [ours, theirs] = [tarAtFar(all, rates), tarAtFar(plain, rates)];
  ours.forEach(({ far, tar, threshold }, i) => {
    t.is(far, theirs[i]!.far);
    t.is(tar, theirs[i]!.tar);
    t.true(Math.abs(threshold - theirs[i]!.threshold) < 1e-9);
  });
});

test('totals under a draw are those of the drawn people, nobody compared with their own copy', (t) => {
  const draw = people.map((_, i) => i % 3);
  const all = compareAll(entries);
  const plain = plainly();
  t.is(all.impostors.total(draw), plain.impostors.total(draw));
  t.is(all.genuine.total(draw), plain.genuine.total(draw));
});

test('a picture without a face is a rejection in each comparison of its person', (t) => {
  const unseen = compareAll([...entries, { person: 0, template: null }]);
  t.is(unseen.genuine.total(), 120 + 3);
  t.is(unseen.impostors.total(), compareAll(entries).impostors.total());
  t.true(tarAtFar(unseen, [1])[0]!.tar < 1);
});

test('curves rise, hills are whole, and people far apart are never mistaken', (t) => {
  const all = compareAll(entries);
  const curve = curveOfAll(all);
  curve.slice(1).forEach((point, i) => {
    t.true(point.far >= curve[i]!.far && point.tar >= curve[i]!.tar);
  });
  const { genuine, impostors } = hillsOf(all);
  for (const hill of [genuine, impostors]) t.true(Math.abs(hill.reduce((sum, share) => sum + share, 0) - 1) < 1e-6);
  const easy = compareAll(
    madeUp(30, { pictures: 2, noise: 0.01 }).flatMap((two, person) => two.map((template) => ({ person, template }))),
  );
  t.is(equalErrorOf(easy), 0);
});
