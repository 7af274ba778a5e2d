import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import type { Kysely } from 'kysely';
import type { Occurrence } from '../../src/domain/event.ts';
import { type AttendanceOffice, attendanceOffice } from '../../src/hub/attendance-office.ts';
import { storeEvents } from '../../src/hub/event-store.ts';
import { createHubKeys } from '../../src/hub/hub-key-file.ts';
import { openHubKeyring } from '../../src/hub/hub-keyring.ts';
import type { HubTables } from '../../src/hub/hub-schema.ts';
import type { HubStore } from '../../src/hub/hub-store.ts';
import { openHubStore } from '../../src/hub/hub-store.ts';
import { type PushOptions, type PushReport, pushPayroll } from '../../src/hub/payroll-export.ts';
import { statementBook } from '../../src/hub/statement-book.ts';
import type { PayrollTarget } from '../../src/payroll/target.ts';
import { systemTimers } from '../../src/runtime/timers.ts';
import type { WireEvent } from '../../src/sync/messages.ts';
import { memoryJournal } from './memory-journal.ts';
import { temporaryFolder } from './sync.ts';

export const boss = { author: 'boss', reason: 'as agreed' };
export const forgetful: Partial<NonNullable<PushOptions['patience']>> = { tries: 2, firstMs: 1, mostMs: 2 };

/** A hub's books with an office, and terminals that send. */
export interface PayrollHub {
  readonly db: Kysely<HubTables>;
  readonly office: AttendanceOffice;
  now: Date;
  /** What a terminal sends, in the order of its journal. */
  send(terminal: string, ...said: readonly Said[]): Promise<void>;
  push(target: PayrollTarget, more?: Partial<PushOptions>): Promise<PushReport>;
}

export type Said = readonly [
  at: string,
  what: Occurrence | 'in' | 'out' | 'break-start' | 'break-end',
  more?: { clock?: 'unsynced'; person?: string },
];

/** Empty books, or those given. */
export async function payrollHub(t: ExecutionContext, given?: HubStore): Promise<PayrollHub> {
  const store = given ?? (await openHubStore(':memory:'));
  if (given === undefined) t.teardown(() => store.close());
  const keyFile = join(await temporaryFolder(t), 'hub-keys.json');
  await createHubKeys(keyFile);
  const keys = await openHubKeyring(keyFile);
  const journals = new Map<string, ReturnType<typeof memoryJournal>>();
  const hub: PayrollHub = {
    db: store.db,
    now: new Date('2026-03-31T12:00:00Z'),
    office: attendanceOffice({ store, keys, clock: clockOf(() => hub.now) }),
    send: async (terminal, ...said) => {
      const journal = journals.get(terminal) ?? memoryJournal(terminal);
      journals.set(terminal, journal);
      const before = journal.lastSeq;
      for (const [, what, more] of said) journal.append(occurrence(what, more?.person ?? 'ada'));
      const rows = journal.after(before, said.length) as unknown as WireEvent[];
      const dated = rows.map((row, i): WireEvent => {
        const [at, , more] = said[i]!;
        return { ...row, at: new Date(at).toISOString(), clock: more?.clock ?? 'synced' };
      });
      await storeEvents(store.db, dated, hub.now);
    },
    push: (target, more = {}) => {
      const clock = clockOf(() => hub.now);
      const options = { db: store.db, statements: statementBook({ db: store.db, keys, clock }), site: 'works', clock };
      const signal = new AbortController().signal;
      return pushPayroll({ ...options, target, timers: systemTimers, signal, patience: forgetful, ...more });
    },
  };
  return hub;
}

function clockOf(now: () => Date) {
  return { now, monotonicMs: () => 0, quality: () => 'synced' as const };
}

function occurrence(what: Said[1], personId: string): Occurrence {
  if (typeof what !== 'string') return what;
  return { kind: 'punch.recorded', body: { personId, name: 'Ada', direction: what, evidence: {} as never } };
}
