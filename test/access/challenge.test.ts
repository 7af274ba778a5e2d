import test from 'ava';
import fc from 'fast-check';
import { type ChallengeTask, metAt, type Observation, taskFor } from '../../src/access/challenge.ts';

const still = { yawDeg: 0, eyes: 0.95, nose: 0.95 };

/** One observation every 100 ms from 0 on; what is not said is a face that does nothing. */
function seen(...frames: Partial<Observation>[]): Observation[] {
  return frames.map((frame, i) => ({ atMs: i * 100, ...still, ...frame }));
}
const calm = (count: number): Partial<Observation>[] => Array.from({ length: count }, () => ({}));

test('a blink is open, shut and open again', (t) => {
  const frames = seen(...calm(5), { eyes: 0.2 }, ...calm(2));
  t.is(metAt('blink', frames, 0), 600);
});

test('eyes that only close, or only open, have not blinked', (t) => {
  t.is(metAt('blink', seen(...calm(5), { eyes: 0.2 }, { eyes: 0.2 }), 0), null);
  t.is(metAt('blink', seen({ eyes: 0.2 }, { eyes: 0.2 }, { eyes: 0.2 }, ...calm(5)), 0), null);
});

test('eyes that change together with the nose are a hand or a bent sheet, not a blink', (t) => {
  t.is(metAt('blink', seen(...calm(5), { eyes: 0.1, nose: 0.2 }, ...calm(5)), 0), null);
});

test('eyes shut for seconds are no blink', (t) => {
  const asleep = Array.from({ length: 30 }, () => ({ eyes: 0.1 }));
  t.is(metAt('blink', seen(...calm(5), ...asleep, {}, {}), 0), null);
});

test('what was done before the task was given does not count', (t) => {
  const frames = seen(...calm(3), { eyes: 0.2 }, ...calm(10));
  t.is(metAt('blink', frames, 0), 400);
  t.is(metAt('blink', frames, 300), null);
  t.is(metAt('blink', frames, 200), null, 'nor what came faster than anybody reacts');
});

test('a turn goes to the asked side and back, and left is the person’s own left', (t) => {
  const turn = seen(...calm(4), { yawDeg: 15 }, { yawDeg: 26 }, { yawDeg: 15 }, {});
  t.is(metAt('turn-left', turn, 0), 700);
  t.is(metAt('turn-right', turn, 0), null);
});

test('trying both sides does not answer', (t) => {
  const both = seen(...calm(4), { yawDeg: -26 }, { yawDeg: 26 }, {}, {});
  t.is(metAt('turn-left', both, 0), null);
});

test('a picture that nothing happens to never answers, however its landmarks tremble', (t) => {
  const tremble = fc.record({
    yawDeg: fc.double({ min: -19, max: 19, noNaN: true }),
    eyes: fc.double({ min: 0.61, max: 1, noNaN: true }),
    nose: fc.double({ min: -1, max: 1, noNaN: true }),
  });
  const task = fc.constantFrom<ChallengeTask>('blink', 'turn-left', 'turn-right');
  fc.assert(
    fc.property(fc.array(tremble, { maxLength: 100 }), task, (frames, asked) => {
      t.is(metAt(asked, seen(...frames), 0), null);
    }),
  );
});

test('unknown eyes never answer', (t) => {
  const unknown = fc.record({ eyes: fc.constant(null), nose: fc.option(fc.double({ min: 0, max: 1, noNaN: true })) });
  fc.assert(
    fc.property(fc.array(unknown, { maxLength: 50 }), (frames) => t.is(metAt('blink', seen(...frames), 0), null)),
  );
});

test('once met, a challenge stays met at the same moment, whatever follows', (t) => {
  const frame = fc.record({
    yawDeg: fc.double({ min: -40, max: 40, noNaN: true }),
    eyes: fc.double({ min: -1, max: 1, noNaN: true }),
    nose: fc.double({ min: 0.7, max: 1, noNaN: true }),
  });
  const task = fc.constantFrom<ChallengeTask>('blink', 'turn-left', 'turn-right');
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 60 }), fc.array(frame, { maxLength: 20 }), task, (first, then, asked) => {
      const early = metAt(asked, seen(...first), 0);
      if (early !== null) t.is(metAt(asked, seen(...first, ...then), 0), early);
      else t.pass();
    }),
  );
});

test('every task is drawn, and only those that are demanded', (t) => {
  const drawn = (demand: 'blink' | 'turn' | 'any') =>
    new Set([0, 0.2, 0.4, 0.6, 0.8, 0.999, 1].map((at) => taskFor(demand, at)));
  t.deepEqual([...drawn('blink')], ['blink']);
  t.deepEqual([...drawn('turn')].sort(), ['turn-left', 'turn-right']);
  t.deepEqual([...drawn('any')].sort(), ['blink', 'turn-left', 'turn-right']);
});
