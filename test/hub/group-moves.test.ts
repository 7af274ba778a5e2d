import test, { type ExecutionContext } from 'ava';
import { type Plan, plainPolicy } from '../../src/attendance/plan.ts';
import { attendanceOffice } from '../../src/hub/attendance-office.ts';
import { moveFollower, sayAndFollow } from '../../src/hub/group-moves.ts';
import { openHubStore } from '../../src/hub/hub-store.ts';
import { freshKeys } from '../support/keys.ts';
import { brokerOf, startHub, startTerminal } from '../support/site.ts';
import { until } from '../support/sync.ts';

const hr = { author: 'hr', reason: 'new contract' };
const works: Plan = {
  sites: { works: { timeZone: 'Europe/Berlin' } },
  holidays: {},
  shifts: {
    day: { kind: 'fixed', stretches: [{ from: '08:00', to: '16:00' }] },
    night: { kind: 'fixed', stretches: [{ from: '22:00', to: '06:00' }] },
  },
  rotas: { days: { from: '2026-01-05', days: ['day'] }, nights: { from: '2026-01-05', days: ['night'] } },
  policies: { agreed: plainPolicy },
  groups: { days: { rota: 'days' }, nights: { rota: 'nights' } },
  people: {},
  travel: [],
};

/** A hub with ada in `days` since February, a terminal, and a clock that the test sets. */
async function site(t: ExecutionContext) {
  let now = new Date('2026-02-01T08:00:00Z');
  const clock = { now: () => now, monotonicMs: () => 0, quality: () => 'synced' as const };
  const at = (text: string) => {
    now = new Date(text);
  };
  const broker = (await brokerOf(t, 'aedes 3.1.1'))!;
  await broker.start();
  const keys = await freshKeys(t);
  const store = await openHubStore(':memory:', { now: () => now });
  t.teardown(() => store.close());
  const { hub, enrol } = await startHub(t, { broker, keys, store });
  await enrol('ada');
  await hub.change('ada', { groups: ['days'] });
  const office = attendanceOffice({ store, keys: keys.hub, clock });
  await office.setPlan(works, hr);
  const desk = { hub, store, office, clock };
  const terminal = await startTerminal(t, { broker, keys });
  const atDoor = async (groups: string) => {
    await until(() => terminal.replica.snapshot?.people[0]?.groups.join() === groups);
    t.is((await store.person('ada'))?.groups.join(), groups);
  };
  const shifts = async (from: string, to: string, asOf?: string) => {
    const query = { from, to, personId: 'ada', ...(asOf !== undefined && { asOf: new Date(asOf) }) };
    for await (const { days } of office.report(query)) return days.map(({ planned }) => planned.shift?.name).join(' ');
    return null;
  };
  return { ...desk, desk, at, atDoor, shifts };
}

const into = (from: string, ...groups: string[]) => ({ kind: 'groups', personId: 'ada', from, groups }) as const;

test('a move behind today changes days that are over, and the doors at once; reports as of before stay', async (t) => {
  const { desk, at, atDoor, shifts, store, office } = await site(t);
  await atDoor('days');
  at('2026-03-12T09:00:00Z');
  const { entry, changed } = await sayAndFollow(desk, into('2026-03-01', 'nights'), hr);
  t.true(changed?.published);
  await atDoor('nights');
  t.is(await shifts('2026-02-28', '2026-03-02'), 'day night night');
  t.is(await shifts('2026-02-28', '2026-03-02', '2026-03-12T08:59:59Z'), 'day day day');
  at('2026-03-20T09:00:00Z');
  await desk.hub.change('ada', { name: 'Ada L.' });
  const heard = await store.db.selectFrom('group_history').select('groups').execute();
  t.is(heard.length, 1, 'what a move did is remembered by the move');
  const taken = await sayAndFollow(desk, { kind: 'reverse', entry }, { ...hr, reason: 'another Ada' });
  t.truthy(taken.changed);
  await atDoor('days');
  t.is(await shifts('2026-02-28', '2026-03-02'), 'day day day');
  t.is(await shifts('2026-02-28', '2026-03-02', '2026-03-15T00:00:00Z'), 'day night night', 'as it was known then');
  await sayAndFollow(desk, { kind: 'reverse', entry: taken.entry }, hr);
  await atDoor('nights');
  t.is((await office.statements.entries(['ada'])).length, 3);
});

test('a move ahead of today is followed on its day, where they work then, by a hub that was not there before', async (t) => {
  const { desk, at, atDoor, shifts } = await site(t);
  at('2026-03-12T09:00:00Z');
  const follower = moveFollower(desk);
  t.deepEqual(await follower.look(), []);
  const { changed } = await sayAndFollow(desk, into('2026-04-01', 'nights'), hr);
  t.is(changed, null);
  t.is(await shifts('2026-03-31', '2026-04-01'), 'day night');
  t.deepEqual(await follower.look(), []);
  at('2026-03-31T21:59:59Z');
  t.deepEqual(await follower.look(), []);
  await atDoor('days');
  at('2026-03-31T22:00:00Z');
  t.deepEqual(await follower.look(), ['ada'], 'midnight in Berlin');
  t.deepEqual(await follower.look(), []);
  await atDoor('nights');
  t.deepEqual(await moveFollower(desk).look(), [], 'and another one finds nothing left to do');
});

test('a move that was taken back by a command beside the hub is followed as well', async (t) => {
  const { desk, at, atDoor, office } = await site(t);
  at('2026-03-12T09:00:00Z');
  const follower = moveFollower(desk);
  const { entry } = await sayAndFollow(desk, into('2026-03-01', 'nights', 'keys'), hr);
  t.deepEqual(await follower.look(), []);
  at('2026-03-13T09:00:00Z');
  await office.say({ kind: 'reverse', entry }, hr);
  t.deepEqual(await follower.look(), ['ada']);
  await atDoor('days');
});

test('groups that are set on a later day are those from that day on, whatever was dated before', async (t) => {
  const { desk, at, atDoor, shifts, hub } = await site(t);
  at('2026-03-12T09:00:00Z');
  await sayAndFollow(desk, into('2026-03-01', 'nights'), hr);
  at('2026-03-15T09:00:00Z');
  await hub.change('ada', { groups: ['days'] });
  at('2026-03-20T09:00:00Z');
  t.deepEqual(await moveFollower(desk).look(), []);
  await atDoor('days');
  t.is(await shifts('2026-03-13', '2026-03-16'), 'night night day day');
});

test('nobody is moved who is not enrolled, nor without a reason; who was erased is moved nowhere', async (t) => {
  const { desk, at, hub, shifts } = await site(t);
  await t.throwsAsync(sayAndFollow(desk, { ...into('2026-03-01', 'nights'), personId: 'bob' }, hr), {
    message: /nobody bob/,
  });
  await t.throwsAsync(sayAndFollow(desk, into('2026-03-01', 'nights'), { ...hr, reason: '' }), {
    message: /reason is empty/,
  });
  at('2026-03-12T09:00:00Z');
  await sayAndFollow(desk, into('2026-03-20', 'nights'), hr);
  await hub.erase('ada');
  at('2026-03-21T09:00:00Z');
  t.deepEqual(await moveFollower(desk).look(), []);
  await t.throwsAsync(sayAndFollow(desk, into('2026-03-01', 'days'), hr), { message: /nobody ada/ });
  await t.throwsAsync(shifts('2026-03-20', '2026-03-21'), { message: /nobody ada/ });
});
