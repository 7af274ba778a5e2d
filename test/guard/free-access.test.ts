import test, { type ExecutionContext } from 'ava';
import type { Memory } from '../../src/access/rules/memory.ts';
import { emptyMemory, remember } from '../../src/access/rules/memory.ts';
import type { Rules } from '../../src/access/rules/rules.ts';
import type { ClockQuality, Occurrence } from '../../src/domain/event.ts';
import { FreeAccessKeeper } from '../../src/guard/free-access.ts';
import { makeDoor } from '../door/support/bench.ts';
import { personOf } from '../gallery/people.ts';
import { memoryJournal } from '../support/memory-journal.ts';
import { until } from '../support/wait.ts';

const office = { periods: [{ days: ['wed' as const], from: '08:00', to: '17:00' }], onHolidays: 'as-usual' as const };
const rulesWith = (afterGroups?: string[]): Rules => ({
  timeZone: 'UTC',
  schedules: { office },
  freeAccess: { day: { terminals: ['front'], schedule: 'office', ...(afterGroups && { afterGroups }) } },
});
/** Wednesday. */
const at = (time: string) => new Date(`2026-11-25T${time}:00Z`);
const ada = personOf('ada', []);

/** A keeper in front of a real door with its lock process, and everything that it wrote down. */
async function keeper(t: ExecutionContext, { longestHoldMs = 200_000, byUnsetClock = false } = {}) {
  const journal = memoryJournal('front');
  let memory: Memory = emptyMemory;
  const report = (occurrence: Occurrence) => {
    memory = remember(memory, journal.append(occurrence));
  };
  const bench = await makeDoor(t, { settings: { longestHoldMs }, report });
  let quality: ClockQuality = 'synced';
  const clock = { quality: () => quality };
  const keeps = new FreeAccessKeeper({ terminal: 'front', door: bench.door, report, clock, byUnsetClock });
  return {
    ...{ ...bench, report },
    clockIs: (next: ClockQuality) => {
      quality = next;
    },
    kinds: () => journal.latest(100).flatMap(({ kind }) => (kind.startsWith('access.') ? [kind] : [])),
    tick: (rules: Rules | null, now: Date) => keeps.tick(rules, { now, nowMs: now.getTime(), memory: () => memory }),
    comes: (person: typeof ada, rules: Rules, now: Date) => keeps.cameIn(person, { rules, now, memory }),
  };
}

test.serial('by schedule: held while it says so, asked once, and at rest when it is over', async (t) => {
  const { tick, level, door, kinds } = await keeper(t);
  const rules = rulesWith();
  await tick(rules, at('07:59'));
  t.is(level(), '0');
  await tick(rules, at('08:00'));
  t.is(level(), '1');
  t.true(door.status.holding);
  await tick(rules, at('12:00'));
  await tick(rules, at('17:00'));
  t.is(level(), '0');
  t.deepEqual(kinds(), ['access.free-access-begun', 'access.free-access-ended']);
});

test.serial('first person in: nobody else’s coming begins it, and it ends with the day', async (t) => {
  const { tick, comes, level, kinds } = await keeper(t);
  const rules = rulesWith(['staff']);
  await tick(rules, at('08:30'));
  t.is(level(), '0');
  comes({ ...ada, groups: ['guests'] }, rules, at('08:31'));
  await tick(rules, at('08:31'));
  t.is(level(), '0');
  comes(ada, rules, at('08:32'));
  await tick(rules, at('08:32'));
  t.is(level(), '1');
  await tick(rules, at('17:00'));
  t.is(level(), '0');
  comes(ada, rules, at('18:00'));
  await tick(rules, at('18:00'));
  t.is(level(), '0', 'outside the hours nothing begins');
  t.deepEqual(kinds(), ['access.free-access-begun', 'access.free-access-ended']);
});

test.serial('a lockdown ends it, and it goes on after the lockdown; rules that are contested end it', async (t) => {
  const { tick, level, door } = await keeper(t);
  const rules = rulesWith();
  await tick(rules, at('09:00'));
  await door.lockdown('command');
  t.is(level(), '0');
  await tick(rules, at('09:01'));
  t.is(level(), '0');
  await door.lift('command');
  await tick(rules, at('09:02'));
  t.is(level(), '1');
  await tick(null, at('09:03'));
  t.is(level(), '0');
});

for (const cause of ['command', 'console'])
  test.serial(`who locks the door means it: free access begins again with its next hours (${cause})`, async (t) => {
    const { tick, level, door, kinds } = await keeper(t);
    const rules = rulesWith();
    await tick(rules, at('09:00'));
    t.is(level(), '1');
    await door.lock(cause);
    t.is(level(), '0');
    await tick(rules, at('09:01'));
    await tick(rules, at('16:59'));
    t.is(level(), '0');
    t.deepEqual(kinds(), ['access.free-access-begun', 'access.free-access-ended']);
    await tick(rules, new Date(at('08:00').getTime() + 7 * 86_400_000));
    t.is(level(), '1');
  });

test.serial('a daemon that stops locks the door, and free access goes on when it is back', async (t) => {
  const { tick, level, door } = await keeper(t);
  await tick(rulesWith(), at('09:00'));
  await door.lock('stopping');
  await tick(rulesWith(), at('09:01'));
  t.is(level(), '1');
});

test.serial('after a power cut nothing is held by a clock that nobody has set, and that is said once', async (t) => {
  const { tick, comes, level, kinds, clockIs, report } = await keeper(t);
  const rules = rulesWith(['staff']);
  const begun = { name: 'day', occurrence: '2026-11-25 08:00-17:00', personId: 'ada' };
  report({ kind: 'access.free-access-begun', body: begun });
  clockIs('unsynced');
  comes(ada, rulesWith(), at('16:30'));
  await tick(rules, at('16:30'));
  await tick(rules, at('16:31'));
  await tick(rules, at('16:32'));
  t.is(level(), '0', 'it is three in the morning, and the clock says half past four');
  t.deepEqual(kinds().sort(), ['access.free-access-begun', 'access.free-access-waiting']);
  clockIs('synced');
  await tick(rules, at('03:04'));
  t.is(level(), '0');
  await tick(rules, at('08:30'));
  t.is(level(), '1', 'its hours, and its first person came before the cut');
});

test.serial('nobody is the first to come by a clock that nobody has set', async (t) => {
  const { tick, comes, level, kinds, clockIs } = await keeper(t);
  const rules = rulesWith(['staff']);
  clockIs('unsynced');
  await tick(rules, at('09:00'));
  comes(ada, rules, at('09:00'));
  clockIs('synced');
  await tick(rules, at('09:01'));
  t.is(level(), '0');
  t.deepEqual(kinds(), [], 'a time server that answers within a minute is no news');
});

test.serial('a clock that loses its time server goes on, and so does free access', async (t) => {
  const { tick, level, clockIs, kinds } = await keeper(t);
  await tick(rulesWith(), at('09:00'));
  clockIs('unsynced');
  await tick(rulesWith(), at('12:00'));
  t.is(level(), '1');
  await tick(rulesWith(), at('17:00'));
  t.is(level(), '0');
  await tick(rulesWith(), new Date(at('08:00').getTime() + 7 * 86_400_000));
  t.is(level(), '1');
  t.false(kinds().includes('access.free-access-waiting'));
});

test.serial('where the site says that its clock has a battery, free access goes by it', async (t) => {
  const { tick, level, clockIs, kinds } = await keeper(t, { byUnsetClock: true });
  clockIs('unsynced');
  await tick(rulesWith(), at('09:00'));
  await tick(rulesWith(), at('09:02'));
  t.is(level(), '1');
  t.deepEqual(kinds(), ['access.free-access-begun']);
});

test.serial(
  'a hold that the lock process ends is asked for again; a door without free access stays shut',
  async (t) => {
    const { tick, level, door } = await keeper(t, { longestHoldMs: 300 });
    const rules = rulesWith();
    await tick(rules, at('09:00'));
    await until(() => !door.status.holding);
    t.is(level(), '0');
    await tick(rules, at('09:01'));
    t.is(level(), '1');

    const never = await keeper(t, { longestHoldMs: 0 });
    await never.tick(rules, at('09:00'));
    t.is(never.level(), '0');
  },
);
