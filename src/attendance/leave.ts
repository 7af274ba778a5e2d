import type { Tell } from './count.ts';
import type { Entry } from './facts.ts';
import type { Finding, Proposal } from './finding.ts';
import type { Ledger, LedgerPunch } from './ledger.ts';
import { hoursInWords } from './wall-clock.ts';

/** That somebody is not expected, or paid all the same, on some days. */
export type Leave = Extract<Entry, { kind: 'leave' }>;

/** What was said of a day; the last one counts, as with everything that is said. */
export interface LeaveOfDay {
  readonly counts: Leave | null;
  /** Said before it, and something else. */
  readonly others: readonly Leave[];
}

/** The leave of somebody on a day. */
export function leaveOn({ leave }: Ledger, personId: string, date: string): LeaveOfDay {
  const all = leave.filter((entry) => entry.personId === personId && entry.from <= date && date <= entry.to);
  const counts = all.at(-1) ?? null;
  return { counts, others: all.filter((one) => one.leave !== counts?.leave || one.paid !== counts.paid) };
}

/** Paid leave makes up what was not worked of what was expected: nobody is paid twice for the same hours. */
export function leaveCredit(
  { leave, paid }: Leave,
  { expectedMs, workedMs, tell }: { readonly expectedMs: number; readonly workedMs: number; readonly tell: Tell },
): number {
  if (!paid) return 0;
  const creditedMs = Math.max(0, expectedMs - workedMs);
  const why = workedMs > 0 ? `: expected ${hoursInWords(expectedMs)}, worked ${hoursInWords(workedMs)}` : '';
  if (expectedMs > 0) tell(`credited ${hoursInWords(creditedMs)} for ${leave}${why}`);
  return creditedMs;
}

/** What somebody has to look at where there is leave. */
export function leaveFindings(
  { counts, others }: LeaveOfDay,
  day: { readonly personId: string; readonly date: string; readonly isExpected: boolean },
  punches: readonly LedgerPunch[],
): Finding[] {
  if (counts === null) return [];
  const { personId, date, isExpected } = day;
  const common = { personId, day: date, costsTime: false };
  const findings: Finding[] = [];
  if (punches.length > 0)
    findings.push({
      ...{ ...common, kind: 'during-leave', about: punches.map(({ id }) => id) },
      says: `Punches on a day of ${counts.leave}.`,
      proposals: [takeBack(counts), ...punches.map(voidIt)],
    });
  if (others.length > 0 && isExpected)
    findings.push({
      ...{ ...common, kind: 'overlapping-leave', about: [...others, counts].map(({ id }) => id) },
      says: `${[...others, counts].map(inWords).join(' and ')} on the same day: ${counts.leave} counts, which was said last.`,
      proposals: [...others, counts].map(takeBack),
    });
  return findings;
}

/** All of its days: the reader has to see which. */
function takeBack(entry: Leave): Proposal {
  const { id, from, to } = entry;
  const days = from === to ? `on ${from}` : `from ${from} to ${to}`;
  return { says: `reverse ${id}: no ${inWords(entry)} ${days}`, entry: { kind: 'reverse', entry: id } };
}

function voidIt({ id }: LedgerPunch): Proposal {
  return { says: `void ${id}: there was no work`, entry: { kind: 'void', punch: id } };
}

function inWords({ leave, paid }: Leave): string {
  return paid ? leave : `${leave} (not paid)`;
}
