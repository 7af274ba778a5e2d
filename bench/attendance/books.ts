/**
 * One hub's books in a process of its own: a year of punches goes in, a month of attendance comes out. The answer goes to
 * the parent.
 */
import { join } from 'node:path';
import { plainPolicy } from '../../src/attendance/plan.ts';
import { attendanceOffice } from '../../src/hub/attendance-office.ts';
import { storeEvents } from '../../src/hub/event-store.ts';
import { createHubKeys } from '../../src/hub/hub-key-file.ts';
import { openHubKeyring } from '../../src/hub/hub-keyring.ts';
import { openHubStore } from '../../src/hub/hub-store.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import type { Done, Job, Point, Said } from './job.ts';
import { peoplePerTerminal, workingDays, yearOf } from './year.ts';

const { books, folder, people } = JSON.parse(process.argv[2]!) as Job;
const say = (said: Said) => process.send?.(said);
const keyFile = join(folder, 'hub-keys.json');
await createHubKeys(keyFile);
const store = await openHubStore(books);
const office = attendanceOffice({ store, keys: await openHubKeyring(keyFile), clock: systemClock });
const boss = { author: 'boss', reason: 'as agreed' };
await office.setPlan(
  {
    sites: { works: { timeZone: 'Europe/Berlin' } },
    holidays: {},
    shifts: { day: { kind: 'fixed', stretches: [{ from: '08:00', to: '16:30' }] } },
    rotas: { weekdays: { from: '2026-01-05', days: ['day', 'day', 'day', 'day', 'day', null, null] } },
    policies: { agreed: plainPolicy },
    groups: {},
    people: {},
    everybody: { rota: 'weekdays', policy: 'agreed' },
    travel: [],
  },
  boss,
);

const curve: Point[] = [];
const tenth = (workingDays.length * Math.ceil(people / peoplePerTerminal)) / 10;
let punches = 0;
let importMs = 0;
let importCpuMs = 0;
let batches = 0;
for (const events of yearOf(people)) {
  const startMs = performance.now();
  const cpuBefore = process.cpuUsage();
  await storeEvents(store.db, events, new Date());
  importMs += performance.now() - startMs;
  importCpuMs += cpuMsSince(cpuBefore);
  punches += events.length;
  const point = { punches, importMs, importCpuMs, rssMb: process.memoryUsage.rss() / 1e6 };
  if (++batches >= tenth * (curve.length + 1) - 0.5) curve.push(point);
  say({ kind: 'progress', point });
}

const startMs = performance.now();
const cpuBefore = process.cpuUsage();
let counted = 0;
let workedMs = 0;
for await (const { days } of office.report({ from: '2026-11-01', to: '2026-11-30' })) {
  counted++;
  for (const each of days) workedMs += each.workedMs;
}
const done: Done = {
  ...{
    punches,
    importMs,
    importCpuMs,
    reportMs: performance.now() - startMs,
    reportCpuMs: cpuMsSince(cpuBefore),
    curve,
  },
  ...{ rssMb: (process.resourceUsage().maxRSS * 1024) / 1e6, people: counted, workedHours: workedMs / 3_600_000 },
};
say({ kind: 'done', done });
await store.close();
process.disconnect?.();

function cpuMsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
