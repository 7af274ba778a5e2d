import test from 'ava';
import { doorStates } from '../../src/domain/door-state.ts';
import { isOn, moments, shownOf } from '../../src/door/door-patterns.ts';

test('a door that opens is green, in a fire too, and one that does not never is', (t) => {
  for (const state of doorStates) {
    const { green } = shownOf({ state, alarms: [] }, null);
    t.is(green, state === 'unlocked' || state === 'opened' ? 'on' : undefined, state);
  }
  t.like(shownOf({ state: 'unlocked', alarms: ['fire'] }, null), { green: 'on', alarm: 'on' });
});

test('an alarm is shown whatever the state, and no moment hides it', (t) => {
  for (const state of doorStates)
    for (const moment of [null, ...(Object.keys(moments) as (keyof typeof moments)[])])
      t.is(shownOf({ state, alarms: ['tamper'] }, moment).alarm, 'on');
  t.is(shownOf({ state: 'held-open', alarms: [] }, null).alarm, undefined, 'the pre-alarm stays at the door');
});

test('a pattern is on and off in turn', (t) => {
  t.deepEqual(
    [0, 99, 100, 299, 300].map((ms) => isOn([100, 200], ms)),
    [true, true, false, false, true],
  );
  t.true(isOn('on', 0));
  t.false(isOn('off', 0));
  t.false(isOn(undefined, 0));
});
