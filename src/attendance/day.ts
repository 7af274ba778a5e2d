import { type Counted, count, plannedMs, type Tell } from './count.ts';
import type { TermsSince } from './dated-terms.ts';
import { type Entry, instantOf } from './facts.ts';
import type { Finding, Proposal } from './finding.ts';
import { type LeaveOfDay, leaveCredit, leaveFindings, leaveOn } from './leave.ts';
import { isApproved, type Ledger, type LedgerPunch } from './ledger.ts';
import type { Work } from './pair.ts';
import type { PlanTakenBack } from './plan-version.ts';
import type { PlannedDay } from './rota.ts';
import { clockAt, hoursInWords, minutesToMs, type Span } from './wall-clock.ts';

/** Everything about one person and one day before the overtime of the week is known. Times are in milliseconds. */
export interface DayCount extends Counted {
  readonly date: string;
  readonly planned: PlannedDay;
  /** What was expected. */
  readonly plannedMs: number;
  /** Counted though nobody worked: paid leave and holidays. */
  readonly creditedMs: number;
  readonly leave: string | null;
  readonly lateMs: number;
  readonly earlyLeaveMs: number;
  readonly works: readonly Work[];
  readonly punches: readonly LedgerPunch[];
  readonly findings: readonly Finding[];
}

/** What a day is made of. */
export interface DayParts {
  readonly personId: string;
  readonly held: TermsSince;
  readonly planned: PlannedDay;
  readonly punches: readonly LedgerPunch[];
  readonly works: readonly Work[];
  /** Findings of the pairing that belong to this day. */
  readonly found: readonly Finding[];
  readonly ledger: Ledger;
  /** Nobody is missed in a stretch that is not over. */
  readonly nowMs: number;
  /** By which plan it would be counted, had that not been taken back. */
  readonly takenBack?: PlanTakenBack | null | undefined;
  readonly tell: Tell;
}

/** Count a day. */
export function countDay(parts: DayParts): DayCount {
  const { planned, ledger, personId, tell, punches, works } = parts;
  const { terms } = parts.held;
  const { date } = planned;
  const about = { personId, day: date };
  const said = leaveOn(ledger, personId, date);
  const leave = said.counts;
  const approved = {
    early: isApproved(ledger, { ...about, what: 'early-arrival' }),
    late: isApproved(ledger, { ...about, what: 'late-departure' }),
  };
  tellPlan(parts, leave?.leave ?? null);
  const counted = count(works, { terms, planned, approved, tell });
  const expectedMs = plannedMs(planned.shift, date, terms);
  const onLeave = leave !== null && planned.shift !== null;
  const holidayMs = plannedMs(planned.creditedShift, date, terms);
  if (holidayMs > 0) tell(`credited ${hoursInWords(holidayMs)} for ${planned.holiday}`);
  const { workedMs } = counted;
  const creditedMs = holidayMs + (onLeave ? leaveCredit(leave, { expectedMs, workedMs, tell }) : 0);
  const times = onLeave ? { lateMs: 0, earlyLeaveMs: 0, absent: [] } : punctuality(parts);
  const findings = [...parts.found, ...dayFindings(parts, said, times.absent)];
  const { lateMs, earlyLeaveMs } = times;
  const rest = { lateMs, earlyLeaveMs, works, punches, findings, leave: leave?.leave ?? null };
  return { ...counted, date, planned, plannedMs: onLeave && !leave.paid ? 0 : expectedMs, creditedMs, ...rest };
}

/** Who came late, left early, or not at all, stretch by stretch. */
function punctuality({ held, planned, punches, works, nowMs, tell }: DayParts) {
  const { policy, site } = held.terms;
  let [lateMs, earlyLeaveMs] = [0, 0];
  const absent: Span[] = [];
  for (const stretch of planned.stretches) {
    const here = punches.filter((punch) => {
      const atMs = instantOf(punch);
      return nearestStretch(atMs, planned.stretches) === stretch;
    });
    const across = works.filter(
      ({ in: from, out }) => instantOf(from) < stretch.toMs && instantOf(out) > stretch.fromMs,
    );
    if (here.length === 0 && across.length === 0) {
      if (stretch.toMs <= nowMs) absent.push(stretch);
      continue;
    }
    const arrivals = here.filter(({ code }) => code === 'in').map(instantOf);
    const firstMs = Math.min(...across.map(({ in: from }) => instantOf(from)), ...arrivals);
    const late = firstMs - stretch.fromMs;
    if (Number.isFinite(late) && late > minutesToMs(policy.lateAfterMinutes)) {
      lateMs += late;
      tell(`late: ${clockAt(firstMs, site.timeZone)}, expected ${clockAt(stretch.fromMs, site.timeZone)}`);
    }
    const lastMs = across.at(-1) && instantOf((across.at(-1) as Work).out);
    const cameBack = lastMs !== undefined && arrivals.some((ms) => ms >= lastMs);
    const early = lastMs === undefined || cameBack ? 0 : stretch.toMs - lastMs;
    if (early > minutesToMs(policy.earlyLeaveMinutes)) earlyLeaveMs += early;
  }
  if (earlyLeaveMs > 0) tell(`left early by ${hoursInWords(earlyLeaveMs)}`);
  return { lateMs, earlyLeaveMs, absent };
}

function nearestStretch(atMs: number, stretches: readonly Span[]): Span | undefined {
  const away = ({ fromMs, toMs }: Span) => Math.max(0, fromMs - atMs, atMs - toMs);
  return stretches.toSorted((a, b) => away(a) - away(b))[0];
}

function dayFindings(parts: DayParts, leave: LeaveOfDay, absent: readonly Span[]): Finding[] {
  const { personId, planned, punches, held } = parts;
  const common = { personId, day: planned.date, costsTime: false };
  const about = punches.map(({ id }) => id);
  const day = { personId, date: planned.date, isExpected: planned.shift !== null };
  const findings = leaveFindings(leave, day, punches);
  if (!planned.employed && punches.length > 0)
    findings.push({
      ...common,
      kind: 'not-employed',
      about,
      says: 'Punches on a day without employment.',
      proposals: [],
    });
  if (absent.length > 0) {
    const show = (ms: number) => clockAt(ms, held.terms.site.timeZone);
    const when = absent.map(({ fromMs, toMs }) => `${show(fromMs)}-${show(toMs)}`).join(' and ');
    const { date } = planned;
    const entry = { kind: 'leave', personId, from: date, to: date, leave: 'leave', paid: true } as const;
    const proposals: Proposal[] = planned.stretches.length === absent.length ? [{ says: 'enter leave', entry }] : [];
    findings.push({ ...common, kind: 'absent', about: [], says: `Expected ${when}, and nobody came.`, proposals });
  }
  return findings;
}

function tellPlan({ planned, held, takenBack, tell }: DayParts, leave: string | null): void {
  const { terms, groups, move, version } = held;
  const { shift, holiday, stretches } = planned;
  const show = (ms: number) => clockAt(ms, terms.site.timeZone);
  const hours = stretches.map(({ fromMs, toMs }) => `${show(fromMs)}-${show(toMs)}`).join(', ');
  if (holiday !== null) tell(`holiday: ${holiday}`);
  if (leave !== null) tell(`leave: ${leave}`);
  tell(shift === null ? 'no shift' : `shift ${shift.name}${hours === '' ? '' : `: ${hours}`}`);
  if (terms.policyName !== null) tell(`policy ${terms.policyName}`);
  const counts = version.from === undefined ? '' : `, counts from ${version.from}`;
  tell(`plan of ${saidBy(version)}${counts}`);
  if (takenBack) tell(`not by that of ${saidBy(takenBack.plan)}, taken back ${saidBy(takenBack.by)}`);
  const names = groups.length === 0 ? 'no group' : `groups ${groups.join(', ')}`;
  tell(move === null ? names : `${names} from ${move.from}, said ${saidBy(move)}`);
}

/** `2026-03-12 by ada: new contract [01J…]` */
function saidBy(said: Pick<Entry, 'recordedAt' | 'author' | 'reason' | 'id'>): string {
  return `${said.recordedAt.slice(0, 10)} by ${said.author}: ${said.reason} [${said.id}]`;
}
