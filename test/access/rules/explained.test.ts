import test from 'ava';
import { freeAccessWithoutClock } from '../../../src/access/rules/explained.ts';

test('of free access it is told why it waits for the clock, at the doors that have any', (t) => {
  const freeAccess = { day: { terminals: ['front'], schedule: 'office' } };
  t.regex(freeAccessWithoutClock({ freeAccess }, 'front')!, /^Free access \(day\) does not begin: no time server/);
  t.is(freeAccessWithoutClock({ freeAccess }, 'back'), null);
});
