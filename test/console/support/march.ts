import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ulid } from 'ulid';
import { hashPin } from '../../../src/access/pin.ts';
import { openVision } from '../../../src/compose.ts';
import { attendancePlanSchema } from '../../../src/config/attendance-schema.ts';
import { recognitionSchema } from '../../../src/config/recognition-schema.ts';
import { provisioningFile } from '../../../src/console/provisioning-file.ts';
import type { EventBodies, EventKind } from '../../../src/domain/event.ts';
import type { Evidence } from '../../../src/domain/verdict.ts';
import { attendanceOffice } from '../../../src/hub/attendance-office.ts';
import { personFromPictures } from '../../../src/hub/enrol.ts';
import { storeEvents } from '../../../src/hub/event-store.ts';
import { readPictures } from '../../../src/hub/pictures.ts';
import { addRules } from '../../../src/hub/rules-book.ts';
import { hashOf } from '../../../src/journal/chain.ts';
import type { WireEvent } from '../../../src/sync/messages.ts';
import { peopleFolder } from '../../support/people.ts';
import { somebody } from '../../support/sync.ts';
import type { TestConsole } from './console.ts';

/** Who is enrolled in this March: the people of the bundled pictures, under names. */
export const everybody = [
  { id: 'p01', name: 'Ada Lovelace', groups: ['staff', 'office'] },
  { id: 'p02', name: 'Grace Hopper', groups: ['staff', 'office'] },
  { id: 'p03', name: 'Alan Turing', groups: ['staff', 'night-crew'] },
  { id: 'p04', name: 'Emmy Noether', groups: ['staff'] },
  { id: 'p05', name: 'Leonhard Euler', groups: ['cleaners'] },
  { id: 'p06', name: 'Sofia Kovalevskaya', groups: ['staff'] },
  { id: 'p07', name: 'Srinivasa Ramanujan', groups: ['visitors'] },
  { id: 'p08', name: 'Mary Cartwright', groups: ['staff'] },
  { id: 'p09', name: 'Carl Gauss', groups: ['staff'] },
  { id: 'p10', name: 'Chen Jingrun', groups: ['visitors'] },
] as const;

/** What the hub has published in it. */
export const rules = {
  timeZone: 'Europe/Berlin',
  schedules: {
    office: {
      periods: [
        { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '07:00', to: '18:30' },
        { days: ['sat'], from: '08:00', to: '12:00' },
      ],
      onHolidays: 'closed',
    },
    night: { periods: [{ days: ['mon', 'tue', 'wed', 'thu'], from: '21:00', to: '05:00' }], onHolidays: 'as-usual' },
  },
  holidays: {
    easter: { dates: ['2026-04-03', '2026-04-06'], hours: [] },
    'christmas-eve': { dates: ['12-24'], hours: [{ from: '08:00', to: '12:00' }] },
  },
  permissions: {
    staff: { groups: ['staff'], schedule: 'office' },
    'night-crew': { groups: ['night-crew'], terminals: ['workshop'], schedule: 'night' },
  },
  secondFactors: { laboratory: { terminals: ['workshop'], onlyLookAlikes: false, accept: ['pin', 'card'] } },
  antiPassback: { yard: { mode: 'soft', in: ['front-door'], out: ['back-door'], forgetAfterMin: 720 } },
} as const;

const plan = attendancePlanSchema.parse({
  sites: { works: { timeZone: 'Europe/Berlin' } },
  shifts: { day: { kind: 'fixed', stretches: [{ from: '08:00', to: '16:30' }] } },
  rotas: { weekdays: { from: '2026-01-05', days: ['day', 'day', 'day', 'day', 'day', null, null] } },
  policies: {
    agreed: {
      lateAfterMinutes: 5,
      breaks: { automatic: [{ afterMinutes: 360, minutes: 30 }] },
      overtime: [{ name: 'x1.25', on: 'day', afterMinutes: 480, factor: 1.25 }],
    },
  },
  groups: { office: { rota: 'weekdays', policy: 'agreed' } },
});

const evidence: Evidence = {
  ...{ trackId: 7, framesSeen: 9, framesUsed: 6, agreeing: 3, distance: 0.21, threshold: 0.34, margin: 0.19 },
  ...{ elapsedMs: 640, decidingMs: 420, liveness: 0.93, qualityFailures: [] },
  ...{ galleryVersion: 10, galleryPeople: everybody.length, model: 'test/1' },
};

/** Fill a console's hub: rules since February, people, and what happened on the first days of March 2026. */
export async function march(
  { hub: { store }, desk }: TestConsole,
  options: { readonly withPictures: boolean },
): Promise<void> {
  for (const terminal of ['front-door', 'back-door', 'workshop']) await provisioningFile(desk, { terminal });
  await addRules(store.db, rules, new Date('2026-02-01T09:00:00Z'));
  await enrol(store, options);
  const office = attendanceOffice({ store, keys: desk.keyring, clock: desk.clock });
  await office.setPlan(plan, { author: 'ada', reason: 'as agreed with the works council' });
  await storeEvents(store.db, happened(), new Date('2026-03-06T00:00:00Z'));
}

async function enrol(
  store: TestConsole['hub']['store'],
  { withPictures }: { readonly withPictures: boolean },
): Promise<void> {
  if (!withPictures) {
    const pinHash = await hashPin('2580');
    for (const one of everybody) await store.add({ ...somebody(one.id), ...one, groups: [...one.groups], pinHash });
    return;
  }
  const { vision } = await openVision(recognitionSchema.parse({}), { worker: false });
  try {
    for (const one of everybody) {
      const folder = join(peopleFolder, 'people', one.id);
      const names = readdirSync(folder).filter((name) => name.startsWith('enrol'));
      const pictures = readPictures(names.map((name) => join(folder, name)));
      const request = { ...one, groups: [...one.groups], pictures, despiteDoubts: true };
      const limits = { maxTemplates: 6, calibration: null };
      await store.add((await personFromPictures(request, { vision, people: [], limits })).person);
    }
  } finally {
    await vision.close();
  }
}

/** Ada and Grace come and go; Grace forgets to punch out on Tuesday; somebody unknown, and Alan too late, at the door. */
function happened(): WireEvent[] {
  const events: WireEvent[] = [];
  const write = <K extends EventKind>(terminal: string, at: string, kind: K, body: EventBodies[K]) => {
    const seq = events.filter((event) => event.terminal === terminal).length + 1;
    const previousHash = events.findLast((event) => event.terminal === terminal)?.hash ?? '0'.repeat(64);
    const row = {
      seq,
      id: ulid(Date.parse(at)),
      terminal,
      at: new Date(at).toISOString(),
      clock: 'synced',
      kind,
      body,
      previousHash,
    };
    events.push({ ...row, hash: hashOf(row as never) } as WireEvent);
  };
  const punch = (personId: string, direction: 'in' | 'out', at: string) => {
    const name = everybody.find(({ id }) => id === personId)!.name;
    write('front-door', at, 'verdict.granted', { personId, name, evidence });
    write('front-door', at, 'punch.recorded', { personId, name, direction, evidence });
    write('front-door', at, 'door.unlocked', { cause: 'verdict', personId, pulseMs: 3000 });
  };
  punch('p01', 'in', '2026-03-02T07:56:00+01:00');
  punch('p02', 'in', '2026-03-02T08:12:00+01:00');
  punch('p02', 'out', '2026-03-02T16:31:00+01:00');
  punch('p01', 'out', '2026-03-02T17:45:00+01:00');
  punch('p01', 'in', '2026-03-03T07:58:00+01:00');
  punch('p02', 'in', '2026-03-03T08:01:00+01:00');
  punch('p01', 'out', '2026-03-03T16:33:00+01:00');
  const stranger = { ...evidence, distance: 0.47, margin: 0.02, agreeing: 0 };
  write('front-door', '2026-03-03T18:02:10+01:00', 'verdict.denied', {
    reason: 'unknown',
    personId: null,
    evidence: stranger,
  });
  write('front-door', '2026-03-03T19:30:00+01:00', 'verdict.denied', {
    reason: 'out-of-schedule',
    personId: 'p03',
    evidence: {
      ...evidence,
      access: {
        rule: 'permissions.staff',
        says: 'Who belongs to staff may pass front-door only by the schedule office.',
        factors: ['face'],
      },
    },
  });
  write('workshop', '2026-03-03T20:14:00+01:00', 'door.alarm-raised', { alarm: 'held-open', cause: 'contact' });
  return events;
}
