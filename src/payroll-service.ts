import { setTimeout as wait } from 'node:timers/promises';
import { openPayroll } from './compose.ts';
import type { HubConfig } from './config/schema.ts';
import { noticeOf } from './hub/notice.ts';
import { seatOf } from './hub/open-seat.ts';
import type { PushReport } from './hub/payroll-export.ts';
import { hubBooks } from './hub-books.ts';
import type { PayrollTarget } from './payroll/target.ts';
import { pushTo } from './payroll-desk.ts';
import type { Logger } from './runtime/logger.ts';
import { type BackOff, backOff } from './sync/back-off.ts';
import type { OpenBooks } from './with-books.ts';

/** How often it is looked whether there is something to tell. */
const roundEveryMs = 15_000;
/** How long a payroll is left alone that could not be told everything. */
const afterTrouble = { firstMs: 30_000, mostMs: 900_000 };

interface Served {
  readonly target: PayrollTarget;
  readonly waits: BackOff;
  notBeforeMs: number;
  /** The trouble that the log has already. */
  said: string;
}

/**
 * Tell the configured payrolls what happens, for as long as a hub runs. Of several hub processes one at a time does; what
 * is in the way of one payroll holds up no other, and is in the log once.
 *
 * @throws LimenError for secrets that cannot be read.
 */
export async function servePayrolls(
  config: HubConfig,
  books: OpenBooks,
  log: Logger,
): Promise<{ close(): Promise<void> }> {
  const targets = await Promise.all(config.payroll.map(openPayroll));
  if (targets.length === 0) return { close: async () => {} };
  const served = targets.map((target): Served => {
    return { target, waits: backOff(afterTrouble), notBeforeMs: 0, said: '' };
  });
  const stop = new AbortController();
  const seat = await seatOf(hubBooks(config), 'payroll');
  const round = async () => {
    const seating = await seat.take();
    if (seating === null) return;
    try {
      const signal = AbortSignal.any([stop.signal, seating.lost]);
      for (const one of served) {
        if (signal.aborted || performance.now() < one.notBeforeMs) continue;
        const report = await pushTo(one.target, { config, books, again: false, signal });
        if (!signal.aborted) tell(one, report, log);
      }
    } finally {
      await seating.release();
    }
  };
  const serve = async () => {
    let said = '';
    while (!stop.signal.aborted) {
      const trouble = await round().then(
        () => '',
        (error) => noticeOf(error).message,
      );
      if (trouble !== '' && trouble !== said) log.warn(`payrolls cannot be told: ${trouble}`);
      said = trouble;
      await wait(roundEveryMs, null, { signal: stop.signal }).catch(() => {});
    }
  };
  const serving = serve();
  return {
    close: async () => {
      stop.abort();
      await serving;
    },
  };
}

function tell(one: Served, { taken, refused, looks, stopped }: PushReport, log: Logger): void {
  const { name, address } = one.target;
  if (taken > 0) log.info({ payroll: name, taken }, 'payroll told');
  for (const look of looks) log.warn({ payroll: name }, look);
  const trouble = stopped === null ? '' : `the payroll ${name} (${address}) cannot be told: ${stopped.why}`;
  const kept = refused.length === 0 ? '' : `the payroll ${name} refuses ${refused.length}: ${refused[0]?.why}`;
  if (trouble !== '' && trouble !== one.said) log.warn({ payroll: name, code: stopped?.code }, trouble);
  else if (trouble === '' && kept !== '' && kept !== one.said)
    log.warn({ payroll: name, code: 'payroll.refused' }, kept);
  one.said = trouble || kept;
  if (stopped === null) one.waits.reset();
  one.notBeforeMs = stopped === null ? 0 : performance.now() + Math.max(one.waits.nextMs(), stopped.afterMs ?? 0);
}
