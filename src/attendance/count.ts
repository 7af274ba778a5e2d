import { instantOf } from './facts.ts';
import type { Work } from './pair.ts';
import type { Policy, Terms } from './plan.ts';
import type { NamedShift, PlannedDay } from './rota.ts';
import { stretchesOf } from './rota.ts';
import { clockAt, hoursInWords, minutesToMs, overlapMs, rounded, type Span } from './wall-clock.ts';

/** One line of the arithmetic, for whoever asks why. */
export type Tell = (line: string) => void;

/** The time of a day, in milliseconds. */
export interface Counted {
  /** What counts as work, breaks that are not paid taken off. */
  readonly workedMs: number;
  readonly paidBreakMs: number;
  /** Punched, and not paid. */
  readonly unpaidBreakMs: number;
  /** Taken off because the policy says that there was a break. */
  readonly automaticBreakMs: number;
  /** Outside the shift, and not approved. */
  readonly unapprovedMs: number;
  /** The spans that count, after rounding and clipping. */
  readonly spans: readonly Span[];
}

export interface CountOptions {
  readonly terms: Terms;
  readonly planned: PlannedDay;
  readonly approved: { readonly early: boolean; readonly late: boolean };
  readonly tell: Tell;
}

/** Count the work of one day, in the order of time. */
export function count(works: readonly Work[], options: CountOptions): Counted {
  const { terms, tell } = options;
  const { policy } = terms;
  const whole = apart(works.map((work) => roundedSpan(work, options)));
  const spans = whole.map((span) => clipped(span, options));
  const grossMs = total(spans);
  const breaks = works.flatMap((work, i) => work.breaks.map((pause) => overlapMs(pause, spans[i] as Span)));
  const punchedMs = breaks.reduce((sum, ms) => sum + ms, 0);
  const paidBreakMs = Math.min(punchedMs, minutesToMs(policy.breaks.paidMinutes));
  const unpaidBreakMs = punchedMs - paidBreakMs;
  if (punchedMs > 0) tell(`breaks punched ${hoursInWords(punchedMs)}, of which ${hoursInWords(paidBreakMs)} are paid`);
  const restMs = unpaidBreakMs + gapsMs(spans);
  const automaticBreakMs = automaticBreak(policy, { workedMs: grossMs - unpaidBreakMs, restMs });
  if (automaticBreakMs > 0) tell(`break taken off by the policy: ${hoursInWords(automaticBreakMs)}`);
  const workedMs = grossMs - unpaidBreakMs - automaticBreakMs;
  if (works.length > 0)
    tell(
      `worked ${hoursInWords(grossMs)} - ${hoursInWords(unpaidBreakMs + automaticBreakMs)} = ${hoursInWords(workedMs)}`,
    );
  return { workedMs, paidBreakMs, unpaidBreakMs, automaticBreakMs, unapprovedMs: total(whole) - grossMs, spans };
}

/** What a shift comes to when it is worked as planned: the breaks that the policy takes off are not in it. */
export function plannedMs(named: NamedShift | null, date: string, { site, policy }: Terms): number {
  if (named === null) return 0;
  if (named.shift.kind === 'flexible') return minutesToMs(named.shift.minutes);
  const stretches = stretchesOf(named, date, site.timeZone);
  const workedMs = total(stretches);
  return workedMs - automaticBreak(policy, { workedMs, restMs: gapsMs(stretches) });
}

/**
 * How much break the policy takes off that was not taken: never so much that the time left is below the one from which
 * the break is due, so that a minute more of work never means less pay.
 */
export function automaticBreak(policy: Policy, { workedMs, restMs }: { workedMs: number; restMs: number }): number {
  let offMs = 0;
  for (const { afterMinutes, minutes } of policy.breaks.automatic) {
    const beyondMs = workedMs - minutesToMs(afterMinutes);
    if (beyondMs > 0) offMs = Math.max(offMs, Math.min(beyondMs, minutesToMs(minutes) - restMs));
  }
  return offMs;
}

function roundedSpan(work: Work, { terms, tell }: CountOptions): Span {
  const { policy, site } = terms;
  const [inMs, outMs] = [instantOf(work.in), instantOf(work.out)];
  const fromMs = rounded(inMs, policy.roundIn, site.timeZone);
  const toMs = Math.max(fromMs, rounded(outMs, policy.roundOut, site.timeZone));
  const show = (ms: number) => clockAt(ms, site.timeZone);
  const says = (atMs: number, countsMs: number) =>
    show(atMs) + (atMs === countsMs ? '' : ` (counts as ${show(countsMs)})`);
  tell(`in ${says(inMs, fromMs)}, out ${says(outMs, toMs)}: ${hoursInWords(toMs - fromMs)}`);
  return { fromMs, toMs };
}

/** Without what is outside a fixed shift and needs somebody's word. */
function clipped(span: Span, { terms, planned, approved, tell }: CountOptions): Span {
  const { policy, site } = terms;
  if (planned.shift?.shift.kind !== 'fixed') return span;
  const [first, last] = [planned.stretches[0], planned.stretches.at(-1)];
  if (first === undefined || last === undefined) return span;
  const earliestMs = policy.earlyArrival === 'counts' || approved.early ? span.fromMs : first.fromMs;
  const latestMs = policy.lateDeparture === 'counts' || approved.late ? span.toMs : last.toMs;
  const toMs = Math.min(span.toMs, latestMs);
  const fromMs = Math.min(Math.max(span.fromMs, earliestMs), Math.max(toMs, span.fromMs));
  const counts = { fromMs, toMs: Math.max(fromMs, toMs) };
  const offMs = span.toMs - span.fromMs - (counts.toMs - counts.fromMs);
  if (offMs > 0)
    tell(
      `outside the shift and not approved: ${hoursInWords(offMs)}; counts from ${clockAt(counts.fromMs, site.timeZone)} to ${clockAt(counts.toMs, site.timeZone)}`,
    );
  return counts;
}

/** Rounding must not make the end of one stretch and the beginning of the next count twice. */
function apart(spans: readonly Span[]): Span[] {
  const out: Span[] = [];
  for (const { fromMs, toMs } of spans) {
    const from = Math.max(fromMs, out.at(-1)?.toMs ?? fromMs);
    out.push({ fromMs: from, toMs: Math.max(from, toMs) });
  }
  return out;
}

function total(spans: readonly Span[]): number {
  return spans.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
}

/** Between one stretch of work and the next of the same day. */
function gapsMs(spans: readonly Span[]): number {
  return spans.slice(1).reduce((sum, span, i) => sum + Math.max(0, span.fromMs - (spans[i] as Span).toMs), 0);
}
