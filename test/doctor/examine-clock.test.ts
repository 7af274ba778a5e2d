import test from 'ava';
import { doorSchema } from '../../src/config/schema.ts';
import { examineClock } from '../../src/doctor/examine-clock.ts';

const doorWith = (more: object) => ({ door: doorSchema.parse({ driver: 'simulated', ...more }) });
const unset = async () => ({ isSet: false, says: 'chronyc' });

test('a clock that is not set is said, with what waits for it', async (t) => {
  t.is((await examineClock(null, async () => ({ isSet: true, says: 'chronyc' }))).level, 'ok');
  for (const ask of [unset, async () => null]) {
    const plain = await examineClock(doorWith({}), ask);
    t.is(plain.level, 'warn');
    t.notRegex(`${plain.says} ${plain.mend}`, /free/i);
    const waiting = await examineClock(doorWith({ longestHoldMs: 60_000 }), ask);
    t.regex(waiting.says, /free access does not begin$/);
    t.regex(waiting.mend!, /door\.freeAccessByUnsetClock/);
    const byIt = await examineClock(doorWith({ longestHoldMs: 60_000, freeAccessByUnsetClock: true }), ask);
    t.regex(byIt.says, /free access goes by it all the same$/);
  }
});
