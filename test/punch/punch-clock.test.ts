import test from 'ava';
import { punchInWords } from '../../src/punch/saying.ts';
import { Bench } from './support.ts';

const minute = 60_000;
const hour = 60 * minute;

test('a person who stands there a moment longer punches once, and is told when', (t) => {
  const bench = new Bench('2026-11-24T06:58:10Z', { role: 'in' });
  t.is(bench.come('ann'), 'in');
  bench.clock.pass(30_000);
  t.is(bench.come('ann'), 'already in');
  t.deepEqual(bench.rows.at(-1)?.body, {
    personId: 'ann',
    name: 'ann',
    reason: 'already-recorded',
    direction: 'in',
    recordedAt: '2026-11-24T06:58:10.000Z',
  });
  const words = punchInWords(bench.outcomes.at(-1)!, { timeZone: 'Europe/Berlin', now: bench.clock.now() });
  t.is(words, 'already recorded at 07:58 (in)');
  t.is(bench.come('bob'), 'in');
  bench.clock.pass(30_000);
  t.is(bench.come('ann'), 'in');
});

test('who punched just before a restart has punched; a clock that was set back meanwhile changes nothing', (t) => {
  for (const stepMs of [0, -5 * hour]) {
    const bench = new Bench('2026-11-24T08:00:00Z');
    bench.come('ann');
    bench.clock.pass(20_000);
    bench.clock.step(stepMs);
    bench.restart();
    t.is(bench.come('ann'), 'already in');
    bench.clock.pass(61_000);
    t.is(bench.come('ann'), 'out');
  }
});

test('a minute is a minute: over midnight, and in the night in which the clocks go back', (t) => {
  const midnight = new Bench('2026-11-24T22:59:40Z');
  midnight.come('ann');
  midnight.clock.pass(40_000);
  t.is(midnight.come('ann'), 'already in');
  const at = { timeZone: 'Europe/Berlin', now: midnight.clock.now() };
  t.is(punchInWords(midnight.outcomes.at(-1)!, at), 'already recorded at 2026-11-24 23:59 (in)');

  // 02:59:30 in summer; a minute later the clock on the wall shows 02:00:30, an hour before the punch.
  const summer = new Bench('2026-10-25T00:59:30Z');
  summer.come('ann');
  summer.clock.pass(50_000);
  t.is(summer.come('ann'), 'already in');
  summer.clock.pass(minute);
  t.is(summer.come('ann'), 'out');
  // An hour later it shows the same time once more, and that is another punch.
  summer.clock.pass(hour);
  t.is(summer.come('ann'), 'in');
});

test('a clock that is put right between two punches neither doubles nor swallows one', (t) => {
  const bench = new Bench('1970-01-01T00:00:10Z');
  bench.come('ann');
  bench.clock.pass(20_000);
  bench.clock.step(Date.parse('2026-11-24T06:58:30Z') - bench.clock.wallMs);
  t.is(bench.come('ann'), 'already in');
  const words = punchInWords(bench.outcomes.at(-1)!, { timeZone: 'UTC', now: bench.clock.now() });
  t.is(words, 'already recorded at 06:58 (in)', 'by the clock as it is now');
});

test('a punch that could not be written down is not forgotten, nor the key that was pressed for it', (t) => {
  const bench = new Bench('2026-11-24T08:00:00Z', { role: 'ask' });
  bench.punches.choice.choose('weld');
  bench.isFull = true;
  t.throws(() => bench.come('ann'), { message: /full/ });
  bench.isFull = false;
  t.is(bench.come('ann'), 'change:welding');
});

test('what proved who it was travels with the punch, and that a face was refused before', (t) => {
  const bench = new Bench('2026-11-24T08:00:00Z');
  bench.come('ann');
  t.like(bench.rows.at(-1)?.body, { by: 'alternation', verifiedBy: ['face'] });
  bench.come('bob', { factors: ['card'], afterRefusal: 'unknown' });
  t.like(bench.rows.at(-1)?.body, { verifiedBy: ['card'], afterRefusal: 'unknown' });
  t.like(bench.outcomes.at(-1), { kind: 'recorded', afterRefusal: 'unknown' });
});
