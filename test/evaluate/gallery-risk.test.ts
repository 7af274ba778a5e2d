import test from 'ava';
import fc from 'fast-check';
import { clusteredShare } from '../../src/evaluate/clustered-share.ts';
import { galleryRisk } from '../../src/evaluate/gallery-risk.ts';
import { resemblanceOf } from '../../src/evaluate/resemblance.ts';
import { seeded, shareInterval } from '../../src/evaluate/statistics.ts';
import { atAngle, galleryWith, personWith, pictureOf, sphereFigures, strangerOnSphere } from '../gallery/sphere.ts';

const request = { calibration: sphereFigures, targetFpir: 0.01, minMargin: 0 };

/** People all over the ball, with pictures that are about this angle from their face. */
function crowd(people: number, pictures: number, noise: number, face = strangerOnSphere) {
  const random = seeded(7);
  return galleryWith(
    Array.from({ length: people }, (_, i) => {
      const somebody = face(random);
      return personWith(
        `p${i}`,
        Array.from({ length: pictures }, () => pictureOf(somebody, random, noise)),
      );
    }),
  );
}

test('a small gallery of people who are far apart costs nothing and promises its target', (t) => {
  const gallery = galleryWith([0, 1, 2, 3].map((i) => personWith(`p${i}`, [atAngle(i), atAngle(i + 0.001)])));
  const risk = galleryRisk({ ...request, gallery });
  t.like(risk, { people: 4, templates: 8, supported: true, shortfall: null, unjudged: [] });
  t.is(risk.fnir?.events, 0);
  t.is(risk.fnir?.trials, 8);
  t.true(risk.fpirBound <= 0.01 * (1 + 1e-9));
  t.deepEqual(risk.misses, { takenForAnother: 0, tooFar: 0, tooClose: 0 });
});

test('each way of not being recognised is counted once, under its name', (t) => {
  const gallery = galleryWith([
    personWith('far', [atAngle(0), atAngle(0.5)]),
    personWith('mixed-up', [atAngle(2), atAngle(3)]),
    personWith('other', [atAngle(3.001), atAngle(3.002)]),
    personWith('single', [atAngle(5)]),
  ]);
  const risk = galleryRisk({ ...request, gallery, minMargin: 0.3 });
  // mixed-up's second picture lies beside other's first, which is then too close for the margin.
  t.deepEqual(risk.misses, { takenForAnother: 1, tooFar: 3, tooClose: 2 });
  t.is(risk.fnir?.events, 6);
  t.deepEqual(risk.unjudged, ['single']);
  t.is(risk.margins.find(({ minMargin }) => minMargin === 0)?.fnir?.events, 4);
});

test('people with one picture each cannot be judged, and one person alone is nobody else', (t) => {
  const singles = galleryRisk({
    ...request,
    gallery: galleryWith([0, 1].map((i) => personWith(`p${i}`, [atAngle(i)]))),
  });
  t.is(singles.fnir, null);
  t.deepEqual(singles.unjudged, ['p0', 'p1']);
  const alone = galleryRisk({ ...request, gallery: galleryWith([personWith('a', [atAngle(0), atAngle(0)])]) });
  t.is(alone.ownPeopleAsStrangers, null);
  t.is(alone.resemblance, null);
  t.deepEqual(alone.confusable, []);
});

test('a target beyond the data is refused with the code and the mend, and the strictest τ stands', (t) => {
  const risk = galleryRisk({ ...request, gallery: crowd(30, 2, 0.001), targetFpir: 1e-5 });
  t.is(risk.shortfall?.code, 'calibration.unsupported');
  t.regex(risk.shortfall?.hint ?? '', /targetFpir/);
  t.false(risk.supported);
  t.is(risk.threshold, 2e-5);
  t.true(risk.fpirBound > 1e-5);
});

test('more people: a stricter τ, never a lower cost, and a promise that may no longer hold', (t) => {
  const risk = galleryRisk({ ...request, gallery: crowd(100, 3, 0.01) });
  const [now, twice, ten] = [risk, ...risk.growth];
  t.deepEqual(
    risk.growth.map(({ factor, templates }) => [factor, templates]),
    [
      [2, 600],
      [10, 3000],
    ],
  );
  t.true(now!.threshold > twice!.threshold && twice!.threshold > ten!.threshold);
  t.true(now!.fnir!.share <= twice!.fnir!.share && twice!.fnir!.share <= ten!.fnir!.share);
  const shares = risk.targets.map(({ fnir }) => fnir!.share);
  t.deepEqual(
    shares,
    shares.toSorted((a, b) => a - b),
    'the stricter the target the more it costs',
  );
});

test('own people as strangers are let in as often as is predicted for such strangers', (t) => {
  const gallery = crowd(400, 1, 0);
  const risk = galleryRisk({ ...request, gallery, targetFpir: 0.05 });
  const {
    share,
    interval95: [low, high],
  } = risk.ownPeopleAsStrangers!;
  t.true(low <= risk.expectedFpir && risk.expectedFpir <= high, `${share} ${risk.expectedFpir}`);
});

test('people like those behind the figures resemble each other as often, one family much more', (t) => {
  const everybody = resemblanceOf(crowd(200, 1, 0), sphereFigures);
  t.true(everybody!.interval95[0] <= 1 && 1 <= everybody!.interval95[1], String(everybody?.interval95));
  const family = (random: () => number): [number, number, number] => {
    const [x, y, z] = strangerOnSphere(random);
    return [x / 4 + 1, y / 4, z / 4];
  };
  const related = resemblanceOf(crowd(200, 1, 0, family), sphereFigures);
  t.true(related!.interval95[0] > 3, String(related?.interval95));
});

test('the most alike are named, the nearest first, ten at most', (t) => {
  const { confusable } = galleryRisk({ ...request, gallery: crowd(200, 2, 0.01) });
  t.is(confusable.length, 10);
  t.true(confusable.every(({ distance }, i) => distance >= (confusable[i - 1]?.distance ?? 0)));
});

test('pictures of one person count less than people: the interval is wider, never narrower', (t) => {
  const group = fc.nat(6).chain((trials) => fc.record({ trials: fc.constant(trials), events: fc.nat(trials) }));
  fc.assert(
    fc.property(fc.array(group, { maxLength: 20 }), (groups) => {
      const found = clusteredShare(groups);
      const trials = groups.reduce((sum, one) => sum + one.trials, 0);
      if (trials === 0) return found === null;
      const [low, high] = found!.interval95;
      const [plainLow, plainHigh] = shareInterval(found!.events, trials);
      return low <= found!.share && found!.share <= high && high - low >= plainHigh - plainLow - 1e-9;
    }),
  );
  const together = clusteredShare([
    { trials: 10, events: 10 },
    ...Array.from({ length: 9 }, () => ({ trials: 10, events: 0 })),
  ]);
  const spread = clusteredShare(Array.from({ length: 10 }, () => ({ trials: 10, events: 1 })));
  t.true(together!.interval95[1] > 1.5 * spread!.interval95[1]);
});
