import test, { type ExecutionContext } from 'ava';
import { type HubStore, openHubStore } from '../../src/hub/hub-store.ts';
import { untoldClocks } from '../../src/hub/migrations/015-untold-clocks.ts';
import { frappe } from '../../src/payroll/frappe.ts';
import type { PayrollItem, PayrollTarget } from '../../src/payroll/target.ts';
import { FrappeSite } from '../support/frappe-site.ts';
import { type PayrollHub, payrollHub } from '../support/payroll-hub.ts';
import { postgresFor } from '../support/postgres.ts';

const serverOf = postgresFor(test);

const started = {
  kind: 'terminal.started',
  body: { version: '1', pack: 'p', embedder: 'e', galleryVersion: 1, people: 1 },
} as const;
const synced = { kind: 'clock.synced', body: {} } as const;
const byMs = Date.parse('2026-03-02T07:00:00Z');

/** Books of a limen that has passed all of this, and never told anybody that a clock was right. */
async function olderHub(t: ExecutionContext, store: HubStore, target: string): Promise<PayrollHub> {
  const hub = await payrollHub(t, store);
  await hub.send(
    'gate-1',
    ['2026-01-05T07:00:00Z', 'in', { clock: 'unsynced' }],
    ['2026-01-05T07:01:00Z', synced],
    ['2026-03-02T06:57:00Z', started, { clock: 'unsynced' }],
    ['2026-03-02T06:58:00Z', 'in', { clock: 'unsynced' }],
    ['2026-03-02T06:59:00Z', synced],
    ['2026-03-02T15:30:00Z', 'out'],
  );
  await hub.send(
    'gate-2',
    ['1970-01-01T00:00:00Z', started, { clock: 'unsynced' }],
    ['1970-01-01T00:02:00Z', 'in', { clock: 'unsynced', person: 'bo' }],
    ['2026-03-02T07:05:00Z', { kind: 'clock.stepped', body: { byMs } }],
    ['2026-03-02T07:05:00Z', synced],
    ['2026-04-20T10:00:00Z', { kind: 'clock.stepped', body: { byMs: 95_000 } }],
  );
  for (const [stream, position] of Object.entries({ 'terminal/gate-1': '6', 'terminal/gate-2': '5' }))
    await store.db.insertInto('payroll_cursors').values({ target, stream, position }).execute();
  return hub;
}

const since = new Date('2026-03-01T00:00:00Z');

const databases = {
  SQLite: () => openHubStore(':memory:'),
  PostgreSQL: async (t: ExecutionContext) => {
    const server = await serverOf(t);
    return server === null ? null : openHubStore(await server.database());
  },
};

for (const [name, open] of Object.entries(databases)) {
  test(`${name}: punches that Frappe lacks since their clock was found to be right come there, and those of a wrong time are put right`, async (t) => {
    const store = await open(t);
    if (store === null) return;
    t.teardown(() => store.close());
    const site = await FrappeSite.start(t);
    site.employees.set('ada', 'HR-EMP-00001').set('bo', 'HR-EMP-00002');
    const hub = await olderHub(t, store, 'erp');
    const wrong = { name: 'EMP-CKIN-OLD', employee: 'HR-EMP-00002', time: '2026-03-02 08:03:35', log_type: 'IN' };
    site.checkins.push({ ...wrong, device_id: 'gate-2', skip_auto_attendance: 0, attendance: null });
    await store.db
      .insertInto('payroll_items')
      .values({
        ...{ target: 'erp', item: 'gate-2:2', person_id: 'bo', remote: wrong.name, refused: null, attempts: 1 },
        ...{ sent: '2026-03-02 08:03:35 IN 2026-03-02T07:03:35Z', tried_at: '2026-04-20T10:00:10.000Z' },
      })
      .execute();
    await untoldClocks.up(store.db);
    const target = frappe({
      ...{ name: 'erp', url: site.url, token: site.token, app: 'hrms', employeeField: 'attendance_device_id' },
      ...{ timeZone: 'Europe/Berlin', breaks: 'as-out-and-in', timeoutMs: 60_000 },
    });
    t.like(await hub.push(target, { since }), { taken: 2, refused: [], stopped: null });
    t.deepEqual(site.counting(), ['HR-EMP-00001 2026-03-02 07:58:00 IN', 'HR-EMP-00002 2026-03-02 08:02:00 IN']);
    const { requests } = site;
    t.is((await hub.push(target, { since, again: true })).taken, 0);
    t.is(site.requests, requests);
  });

  test(`${name}: a webhook is told once of each clock that was found to be right, and of no other again`, async (t) => {
    const store = await open(t);
    if (store === null) return;
    t.teardown(() => store.close());
    const hub = await olderHub(t, store, 'hook');
    await untoldClocks.up(store.db);
    const told: PayrollItem[] = [];
    const tell: PayrollTarget['tell'] = async (item) => {
      told.push(item);
      return { outcome: 'taken' };
    };
    const target = { name: 'hook', address: 'here', tell };
    t.like(await hub.push(target, { since }), { taken: 1, refused: [], stopped: null });
    t.like(told, [{ id: 'gate-1:4@gate-1:5', data: { correctedAt: '2026-03-02T06:58:00.000Z' } }]);
    await hub.push(target, { since, again: true });
    t.is(told.length, 1);
  });
}
