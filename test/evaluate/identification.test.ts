import test from 'ava';
import type { Calibration } from '../../src/domain/calibration.ts';
import { bySize } from '../../src/evaluate/gallery-sizes.ts';
import { type Attempt, attemptsOn, detCurve, identify } from '../../src/evaluate/identification.ts';
import { calibrationFrom } from '../../src/evaluate/impostors.ts';
import { openSetOf, splitPeople } from '../../src/evaluate/open-set.ts';
import { madeUp } from './people.ts';

const embedder = 'made-up/1';
const calibration: Calibration = calibrationFrom(madeUp(400, { seed: 3, noise: 0.3 }).flat(), {
  embedder,
  source: 'made up',
});
const demands = { calibration, targetsFpir: [0.05, 0.01], minMargin: 0 };
const people = madeUp(20, { pictures: 4, noise: 0.3 });
const members = people.map((pictures) => ({
  enrol: pictures.slice(0, 2),
  attempts: pictures.slice(2).map((one) => [one]),
}));
const strangers = madeUp(500, { seed: 8, noise: 0.3 });

test('everybody is nearest to themselves when people are far apart', (t) => {
  const easy = madeUp(10, { pictures: 2, noise: 0.01 }).map(([one, two]) => ({ enrol: [one!], attempts: [[two!]] }));
  const { figures } = identify({ members: easy, strangers: [], embedder }, demands);
  t.is(figures.rank1, 1);
  t.is(figures.targets[0]!.fnir, 0);
  t.is(figures.strangers, 0);
});

test('a face that is not found is not recognised, at enrolment or at the door', (t) => {
  const blind = members.map((member, i) => (i < 5 ? { ...member, attempts: [[], []] } : member));
  t.is(identify({ members: blind, strangers, embedder }, demands).figures.rank1, 30 / 40);
  const unknown = members.map((member, i) => (i < 5 ? { ...member, enrol: [null, null] } : member));
  const { figures } = identify({ members: unknown, strangers, embedder }, demands);
  t.is(figures.templates, 30);
  t.true(figures.targets[0]!.fnir >= 10 / 40);
});

test('planted impostors: as many strangers get in as was promised, or fewer', (t) => {
  const { figures } = identify({ members, strangers, embedder }, demands);
  for (const { predictedFpir, fpirInterval95, fpir, promised } of figures.targets) {
    t.true(fpirInterval95[0] <= predictedFpir, `${fpir} of ${predictedFpir}`);
    t.true(promised);
  }
});

test('a margin keeps strangers out and may keep members out; it never lets anyone in', (t) => {
  const loose = identify({ members, strangers, embedder }, demands).figures.targets[0]!;
  const wide = identify({ members, strangers, embedder }, { ...demands, minMargin: 0.1 }).figures.targets[0]!;
  t.true(wide.fpir <= loose.fpir);
  t.true(wide.fnir >= loose.fnir);
  t.is(wide.fpirWithoutMargin, loose.fpirWithoutMargin);
});

test('the DET curve by hand', (t) => {
  const attempt = (member: number | null, nearest: number, distance: number): Attempt => ({
    member,
    nearest,
    distance,
    margin: 1,
  });
  const curve = detCurve([attempt(0, 0, 0.1), attempt(null, 0, 0.2), attempt(1, 1, 0.3), attempt(1, 0, 0.4)], 0);
  t.deepEqual(
    curve.map(({ fpir, fnir }) => [fpir, Number(fnir.toFixed(3))]),
    [
      [0, 1],
      [0, 0.667],
      [1, 0.667],
      [1, 0.333],
      [1, 0.333],
    ],
  );
});

test('a larger gallery is stricter and misses more of its own', (t) => {
  const [small, large] = bySize({ members, strangers, embedder }, [3, 20], demands, 10);
  t.true(small!.threshold >= large!.threshold);
  t.true(small!.fnir <= large!.fnir + 1e-9);
});

test('nobody to enrol is an error, not a figure', (t) => {
  t.throws(() => identify({ members: [], strangers, embedder }, demands), { code: 'evaluate.too-little' });
});

test('whoever has too few pictures is a stranger, and a share of the rest', (t) => {
  const folders = [['a1', 'a2', 'a3'], ['b1'], [], ['c1', 'c2', 'c3', 'c4'], ['d1', 'd2', 'd3'], ['e1', 'e2', 'e3']];
  const split = splitPeople(folders, { pictures: 3, strangerShare: 0.25 });
  t.is(split.members.length, 3);
  t.is(split.strangers.length, 2);
  t.true(split.strangers.some(([file]) => file === 'b1'));
});

test('every condition tries with the same pictures; strangers bring as many as an attempt takes', (t) => {
  const [one, two, three, four] = people[0]!;
  const templates = new Map([
    ['a', one!],
    ['b', two!],
    ['c', three!],
    ['d', four!],
    ['s', one!],
    ['t', two!],
    ['u', three!],
  ]);
  const split = { members: [['a', 'b', 'c', 'd']], strangers: [['s'], ['t', 'u']] };
  const at = (enrol: number, frames: number) =>
    openSetOf(split, { enrol, frames }, { mostEnrolled: 2, templates, embedder });
  const [single] = at(1, 1).members;
  t.deepEqual(single!.enrol, [one!]);
  t.deepEqual(single!.attempts, [[three!], [four!]]);
  t.is(at(1, 1).strangers.length, 2);
  const fused = at(2, 2);
  t.is(fused.members[0]!.enrol.length, 2);
  t.deepEqual(fused.members[0]!.attempts, [[three!, four!]]);
  t.is(fused.strangers.length, 1);
  t.is(attemptsOn(fused).attempts.length, 2);
});

test('an attempt is made of the pictures in which a face was found', (t) => {
  const [one, two] = people[0]!;
  const templates = new Map([
    ['a', one!],
    ['b', two!],
    ['c', null],
    ['d', two!],
    ['e', null],
    ['f', null],
  ]);
  const split = { members: [['a', 'b', 'c', 'd', 'e', 'f']], strangers: [] };
  const { members } = openSetOf(split, { enrol: 1, frames: 2 }, { mostEnrolled: 2, templates, embedder });
  t.deepEqual(members[0]!.attempts, [[two!], []]);
});
