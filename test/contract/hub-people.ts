import type { ExecutionContext, TestFn } from 'ava';
import type { AttendanceDay } from '../../src/attendance/attendance.ts';
import { type Plan, plainPolicy } from '../../src/attendance/plan.ts';
import { type BookedEvent, everyEvent, followEvents, searchEvents } from '../../src/hub/event-search.ts';
import { listPeople } from '../../src/hub/people-office.ts';
import { dossierOf } from '../../src/hub/person-dossier.ts';
import { beforeEveryClock } from '../../src/hub/suspensions.ts';
import type { Answer, PayrollItem, PayrollTarget } from '../../src/payroll/target.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { boss, payrollHub } from '../support/payroll-hub.ts';
import { somebody } from '../support/sync.ts';
import type { HubStoreContract, TestBooks } from './hub-store.ts';

/** What a hub's books promise about suspensions, the search of events, and what payrolls were told. */
export function hubPeopleContract(test: TestFn, { name, open }: HubStoreContract): void {
  const promise = (what: string, keep: (t: ExecutionContext, store: TestBooks) => Promise<void>) =>
    test(`${name}: ${what}`, async (t) => {
      const store = await open(t);
      if (store !== null) await keep(t, store);
    });

  promise(
    'a suspension takes the validity and gives it back, and an erasure takes the suspension',
    async (t, store) => {
      const validUntil = '2031-01-01T00:00:00.000Z';
      await store.add({ ...somebody('ada'), validUntil });
      const by = { ...boss, since: new Date('2026-03-01T00:00:00Z') };
      const suspended = await store.suspend('ada', by);
      t.like(suspended, { kind: 'person', version: 2, person: { validFrom: null, validUntil: beforeEveryClock } });
      const [listed] = await listPeople(store, { suspended: true });
      t.like(listed, { id: 'ada', validUntil, suspended: { since: '2026-03-01T00:00:00.000Z', ...boss } });
      await t.throwsAsync(store.suspend('ada', by), { code: 'person.suspended' });
      await t.throwsAsync(store.suspend('bob', by), { code: 'person.unknown' });
      t.is((await store.state()).version, 2, 'a refused change uses up no version');
      t.like(await store.resume('ada'), { version: 3, person: { validUntil } });
      await t.throwsAsync(store.resume('ada'), { code: 'person.suspended' });
      await store.suspend('ada', by);
      await store.erase('ada');
      t.deepEqual(await store.db.selectFrom('suspensions').selectAll().execute(), []);
    },
  );

  promise('events are found by kind, person, terminal and time, page by page, each once', async (t, store) => {
    const hub = await payrollHub(t, store);
    for (let i = 0; i < 7; i++) {
      const minute = String(i).padStart(2, '0');
      await hub.send('gate-1', [`2026-03-02T08:${minute}:00Z`, 'in', { person: i % 2 ? 'ada' : 'bo' }]);
      await hub.send('gate-2', [`2026-03-02T08:${minute}:00Z`, { kind: 'clock.stepped', body: { byMs: i } }]);
    }
    const keys = (events: readonly BookedEvent[]) => events.map(({ event }) => `${event.terminal}:${event.seq}`);
    const newest = await searchEvents(store.db, {}, { limit: 3 });
    t.deepEqual(keys(newest.events), ['gate-2:7', 'gate-1:7', 'gate-2:6']);
    const rest = await searchEvents(store.db, {}, { limit: 100, after: newest.next });
    t.is(rest.events.length, 11);
    t.is(rest.next, null);
    const ada = await searchEvents(store.db, { personId: 'ada' }, { order: 'oldest' });
    t.deepEqual(keys(ada.events), ['gate-1:2', 'gate-1:4', 'gate-1:6']);
    const punches = await searchEvents(store.db, { kinds: ['punch.*'], from: new Date('2026-03-02T08:05:00Z') });
    t.deepEqual(keys(punches.events), ['gate-1:7', 'gate-1:6']);
    const others = await searchEvents(store.db, {
      ...{ kinds: ['clock.stepped', 'no.such'], terminals: ['gate-2'], to: new Date('2026-03-02T08:02:00Z') },
    });
    t.deepEqual(keys(others.events), ['gate-2:2', 'gate-2:1']);
    let all = 0;
    for await (const _ of everyEvent(store.db, {})) all++;
    t.is(all, 14);
  });

  promise('whoever follows hears what comes, each terminal in its order, and stops when told', async (t, store) => {
    const hub = await payrollHub(t, store);
    await hub.send('gate-1', ['2026-03-02T08:00Z', 'in']);
    const stop = new AbortController();
    const heard: string[] = [];
    const since = new Map([['gate-1', 1]]);
    const following = (async () => {
      for await (const { event } of followEvents(store.db, {}, { signal: stop.signal, since, everyMs: 5 })) {
        heard.push(`${event.terminal}:${event.seq}`);
        if (heard.length === 3) stop.abort();
      }
    })();
    await hub.send('gate-2', ['2020-01-01T00:00Z', 'in'], ['2020-01-01T01:00Z', 'out']);
    await hub.send('gate-1', ['2026-03-02T09:00Z', 'out']);
    await following;
    t.deepEqual(
      heard.filter((key) => key.startsWith('gate-2')),
      ['gate-2:1', 'gate-2:2'],
    );
    t.true(heard.includes('gate-1:2'));
  });

  promise(
    'a dossier has everything about one person, and nothing of another or that opens a door',
    async (t, store) => {
      const hub = await payrollHub(t, store);
      const ada = { ...somebody('ada'), groups: ['crew'] };
      await store.add({ ...ada, pinHash: 'scrypt$secret', cards: ['4711'], pictureNames: ['ada-1.jpg'] });
      await hub.send('gate-1', ['2026-03-02T08:00Z', 'in'], ['2026-03-02T08:01Z', 'in', { person: 'bo' }]);
      await hub.office.say({ kind: 'void', punch: 'gate-1:1' }, boss);
      const options = { store, statements: hub.office.statements, site: 'works', clock: systemClock };
      const dossier = await dossierOf('ada', options);
      t.like(dossier.person, { name: 'Person ada', cards: ['4711'], pin: true });
      t.deepEqual(dossier.person?.templates, [{ model: 'test/1', numbers: 128, picture: 'ada-1.jpg' }]);
      t.deepEqual([dossier.events.length, dossier.punches.length, dossier.entries.length], [1, 1, 1]);
      t.notRegex(JSON.stringify(dossier), /scrypt|"bo"/);
      await store.erase('ada');
      const erased = await dossierOf('ada', options);
      t.like(erased, { person: null, erasure: { version: 2 } });
      const kept = erased.groupsKept.map(({ groups }) => groups);
      t.deepEqual([dossier.groupsKept, kept], [[], [['crew'], []]], 'what is kept of them is told');
      await t.throwsAsync(dossierOf('nobody', options), { code: 'usage.invalid' });
    },
  );

  promise(
    'a report of the past has the same minutes after an erasure, and nothing else knows the groups',
    async (t, store) => {
      const hub = await payrollHub(t, store);
      hub.now = new Date('2026-02-01T00:00Z');
      await hub.office.setPlan(nightCrew, boss);
      for (const id of ['ada', 'bo', 'cy']) await store.add({ ...somebody(id), groups: ['crew'] });
      hub.now = new Date('2026-03-03T12:00Z');
      await hub.send('gate-1', ['2026-03-02T22:00+01:00', 'in'], ['2026-03-03T06:00+01:00', 'out']);
      const leave = { from: '2026-03-02', to: '2026-03-06', leave: 'holiday', paid: true } as const;
      await hub.office.say({ kind: 'leave', personId: 'bo', ...leave }, boss);
      const add = { kind: 'add', personId: 'bo', site: 'works' } as const;
      await hub.office.say({ ...add, at: '2026-03-09T21:00:00Z', code: 'in' }, boss);
      await hub.office.say({ ...add, at: '2026-03-10T05:00:00Z', code: 'out' }, boss);
      await hub.office.say({ kind: 'groups', personId: 'bo', from: '2026-03-16', groups: [] }, boss);
      const asOf = new Date('2026-03-19T00:00Z');
      const report = async (query: { readonly asOf?: Date; readonly group?: string } = {}) => {
        const sums: object[] = [];
        for await (const { worker, days } of hub.office.report({ from: '2026-03-01', to: '2026-03-31', ...query })) {
          const sum = (of: (day: AttendanceDay) => number) => days.reduce((all, day) => all + of(day), 0) / 3_600_000;
          const { id } = worker;
          const overtime = sum((day) => day.overtime['x1.25'] ?? 0);
          const paid = { worked: sum((day) => day.workedMs), credited: sum((day) => day.creditedMs), overtime };
          sums.push({ id, ...paid, planned: sum((day) => day.plannedMs) });
        }
        return sums;
      };
      const before = await report({ asOf });
      const bo = { id: 'bo', worked: 7.5, credited: 37.5, overtime: 0.5 };
      t.like(before, { 0: { id: 'ada', worked: 7.5, credited: 0, overtime: 0.5 }, 1: bo, 2: { id: 'cy', worked: 0 } });
      for (const id of ['ada', 'bo', 'cy']) await store.erase(id);
      t.deepEqual(await report({ asOf }), before.slice(0, 2), 'who never worked is in none');
      t.like(await report(), { 0: { id: 'ada', worked: 7.5, overtime: 0.5 }, 1: bo, length: 2 });
      t.like(await report({ group: 'crew' }), { 0: { id: 'ada' }, 1: { id: 'bo' }, length: 2 });
      t.deepEqual([await store.people(), await listPeople(store)], [[], []]);
      t.notRegex(JSON.stringify(await store.records()), /crew/);
      const blank = await store.db.selectFrom('people').select('groups').distinct().execute();
      t.deepEqual(blank, [{ groups: '[]' }]);
    },
  );

  promise('a payroll is told everything once, wherever its rounds end', async (t, store) => {
    const hub = await payrollHub(t, store);
    await hub.send('gate-1', ['2026-03-02T08:00Z', 'in'], ['2026-03-02T16:00Z', 'out']);
    await hub.send('gate-2', ['2026-03-02T08:00Z', 'in', { person: 'bo' }]);
    await hub.office.say({ kind: 'void', punch: 'gate-1:2' }, boss);
    const took: PayrollItem[] = [];
    let answer: (item: PayrollItem) => Answer = () => ({ outcome: 'taken' });
    const target: PayrollTarget = {
      ...{ name: 'test', address: 'memory' },
      tell: async (item) => {
        const said = answer(item);
        if (said.outcome === 'taken') took.push(item);
        return said;
      },
    };
    const away = { outcome: 'later', code: 'payroll.denied', why: 'away', afterMs: null, aboutItem: false } as const;
    for (let most = 1; took.length < 4; most++) {
      answer = () => (took.length < most ? { outcome: 'taken' } : away);
      t.is((await hub.push(target)).taken, 1);
      await hub.push(target);
    }
    const last = took.at(-1)!;
    t.deepEqual(
      took.map(({ id }) => id),
      ['gate-1:1', 'gate-1:2', 'gate-2:1', last.id],
    );
    t.like(last, { type: 'entry.void', personId: 'ada', punch: { id: 'gate-1:2', at: null } });
    t.is((await hub.push(target)).stopped, null);
    answer = ({ id }) =>
      id === 'gate-1:3' ? { outcome: 'refused', why: 'no' } : { outcome: 'taken', kept: { remote: 'r', sent: 's' } };
    await hub.send('gate-1', ['2026-03-03T08:00Z', 'in'], ['2026-03-03T16:00Z', 'out']);
    const report = await hub.push(target);
    t.like(report.refused[0], { item: 'gate-1:3', personId: 'ada', why: 'no', attempts: 1 });
    const again = await (await store.another()).db.selectFrom('payroll_items').selectAll().orderBy('item').execute();
    t.deepEqual(
      again.map(({ item, remote, refused }) => [item, remote, refused]),
      [
        ['gate-1:3', null, 'no'],
        ['gate-1:4', 'r', null],
      ],
    );
  });
}

/** Night shifts with a break that is taken off, and a tier of overtime, for one group only. */
const nightCrew: Plan = {
  sites: { works: { timeZone: 'Europe/Berlin', terminals: ['gate-1'] } },
  holidays: {},
  shifts: { night: { kind: 'fixed', stretches: [{ from: '22:00', to: '06:00' }] } },
  rotas: { nights: { from: '2026-01-05', days: ['night'] } },
  policies: {
    crew: {
      ...plainPolicy,
      breaks: { paidMinutes: 0, automatic: [{ afterMinutes: 360, minutes: 30 }] },
      overtime: [{ name: 'x1.25', on: 'day', afterMinutes: 420, factor: 1.25 }],
    },
  },
  groups: { crew: { rota: 'nights', policy: 'crew' } },
  people: {},
  travel: [],
};
