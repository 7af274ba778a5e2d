import { setTimeout as wait } from 'node:timers/promises';
import { openPayroll } from './compose.ts';
import type { HubConfig } from './config/schema.ts';
import { LimenError } from './domain/errors.ts';
import { seatOf } from './hub/open-seat.ts';
import { type PushReport, pushPayroll } from './hub/payroll-export.ts';
import type { Seating } from './hub/seat.ts';
import { statementBook } from './hub/statement-book.ts';
import { hubBooks } from './hub-books.ts';
import type { PayrollTarget } from './payroll/target.ts';
import { systemClock } from './runtime/clock.ts';
import { systemTimers } from './runtime/timers.ts';
import type { OpenBooks } from './with-books.ts';

export interface PushRequest {
  /** Only this payroll. */
  readonly target?: string | undefined;
  /** Tell again now what was refused before. */
  readonly again?: boolean;
  readonly signal: AbortSignal;
}

/** How long a command waits for another process that is telling. */
const patienceMs = 10_000;

/**
 * Tell the configured payrolls what they do not know yet, from a command beside a hub that may be running.
 *
 * @throws LimenError `payroll.unknown` where none is configured, or none of this name; `hub.already-running` while
 *   another process tells; for secrets that cannot be read.
 */
export async function pushToPayrolls(
  config: HubConfig,
  books: OpenBooks,
  { target, again = false, signal }: PushRequest,
): Promise<PushReport[]> {
  const wanted = config.payroll.filter(({ name }) => target === undefined || name === target);
  if (wanted.length === 0) throw unknownPayroll(config, target);
  const targets = await Promise.all(wanted.map(openPayroll));
  const seating = await patientSeat(config);
  try {
    const reports: PushReport[] = [];
    for (const one of targets) {
      const stop = AbortSignal.any([signal, seating.lost]);
      reports.push(await pushTo(one, { config, books, again, signal: stop }));
    }
    return reports;
  } finally {
    await seating.release();
  }
}

async function patientSeat(config: HubConfig): Promise<Seating> {
  const seat = await seatOf(hubBooks(config), 'payroll');
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const seating = await seat.take();
    if (seating !== null) return seating;
    if (performance.now() > deadline) {
      throw new LimenError('hub.already-running', 'Another process is telling the payrolls just now.', {
        hint: 'A running hub tells them by itself; its log says how far it is.',
      });
    }
    await wait(250);
  }
}

/** One round with one payroll. */
export function pushTo(
  target: PayrollTarget,
  { config, books, again, signal }: { config: HubConfig; books: OpenBooks; again: boolean; signal: AbortSignal },
): Promise<PushReport> {
  const { store, keys } = books;
  const { since } = config.payroll.find(({ name }) => name === target.name) ?? {};
  return pushPayroll({
    ...{ target, db: store.db, site: config.site, clock: systemClock, timers: systemTimers, again, signal },
    statements: statementBook({ db: store.db, keys, clock: systemClock }),
    since: since === undefined ? undefined : new Date(since),
  });
}

function unknownPayroll({ payroll }: HubConfig, target: string | undefined): LimenError {
  if (payroll.length === 0 || target === undefined)
    return new LimenError('payroll.unknown', 'No payroll is configured.', {
      hint: 'Add a section "payroll" to the hub\'s file: docs/payroll.md.',
    });
  return new LimenError('payroll.unknown', `No payroll is called ${target}.`, {
    hint: `The configuration has ${payroll.map(({ name }) => name).join(', ')}.`,
  });
}
