/**
 * One hub's books in a process of its own: a year of punches goes in, a month of attendance comes out. The answer goes to
 * the parent.
 */
import { join } from 'node:path';
import { plainPolicy } from '../../src/attendance/plan.ts';
import { attendanceOffice } from '../../src/hub/attendance-office.ts';
import type { Books } from '../../src/hub/database.ts';
import { storeEvents } from '../../src/hub/event-store.ts';
import { createHubKeys } from '../../src/hub/hub-key-file.ts';
import { openHubKeyring } from '../../src/hub/hub-keyring.ts';
import { openHubStore } from '../../src/hub/hub-store.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { yearOf } from './year.ts';

const { books, folder, people } = JSON.parse(process.argv[2]!) as { books: Books; folder: string; people: number };
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

let punches = 0;
let importMs = 0;
for (const events of yearOf(people)) {
  const startMs = performance.now();
  await storeEvents(store.db, events, new Date());
  importMs += performance.now() - startMs;
  punches += events.length;
  process.send?.({ kind: 'progress', punches });
}
const importRssMb = process.resourceUsage().maxRSS / 1024;

const startMs = performance.now();
const cpuBefore = process.cpuUsage();
let counted = 0;
let workedMs = 0;
for await (const { days } of office.report({ from: '2026-11-01', to: '2026-11-30' })) {
  counted++;
  for (const each of days) workedMs += each.workedMs;
}
const reportMs = performance.now() - startMs;
const cpu = process.cpuUsage(cpuBefore);
process.send?.({
  ...{ kind: 'done', punches, importMs, importRssMb, reportMs, reportCpuMs: (cpu.user + cpu.system) / 1000 },
  ...{ rssMb: process.resourceUsage().maxRSS / 1024, people: counted, workedHours: workedMs / 3_600_000 },
});
await store.close();
process.disconnect?.();
