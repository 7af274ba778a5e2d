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
  /** Outside the shift or between its stretches, and not approved; without the breaks in it. */
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
  const clippings = works.map(({ breaks }, i) => clipped({ span: whole[i] as Span, breaks }, options));
  const spans = clippings.flatMap((clipping) => clipping.spans);
  const grossMs = total(spans);
  const punchedMs = sum(clippings.map(({ breaksMs }) => breaksMs));
  const paidBreakMs = Math.min(punchedMs, minutesToMs(policy.breaks.paidMinutes));
  const unpaidBreakMs = punchedMs - paidBreakMs;
  if (punchedMs > 0) tell(`breaks punched ${hoursInWords(punchedMs)}, of which ${hoursInWords(paidBreakMs)} are paid`);
  // Also a break that is paid was taken.
  const restMs = punchedMs + gapsMs(spans);
  const automaticBreakMs = automaticBreak(policy, { workedMs: grossMs - unpaidBreakMs, restMs });
  if (automaticBreakMs > 0) tell(`break taken off by the policy: ${hoursInWords(automaticBreakMs)}`);
  const workedMs = grossMs - unpaidBreakMs - automaticBreakMs;
  if (works.length > 0)
    tell(
      `worked ${hoursInWords(grossMs)} - ${hoursInWords(unpaidBreakMs + automaticBreakMs)} = ${hoursInWords(workedMs)}`,
    );
  const unapprovedMs = sum(clippings.map(({ offMs }) => offMs));
  return { workedMs, paidBreakMs, unpaidBreakMs, automaticBreakMs, unapprovedMs, spans };
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

/** What counts of a stretch of work. */
interface Clipping {
  readonly spans: readonly Span[];
  /** Of the breaks that were punched. */
  readonly breaksMs: number;
  /** Worked, and left out. */
  readonly offMs: number;
}

/** Without what is outside a fixed shift, or between its stretches, and needs somebody's word. */
function clipped(
  { span, breaks }: { readonly span: Span; readonly breaks: readonly Span[] },
  { terms, planned, approved, tell }: CountOptions,
): Clipping {
  const { policy, site } = terms;
  const allBreaksMs = overlapsMs(breaks, [span]);
  if (planned.shift?.shift.kind !== 'fixed' || planned.stretches.length === 0)
    return { spans: [span], breaksMs: allBreaksMs, offMs: 0 };
  const early = policy.earlyArrival === 'counts' || approved.early;
  const late = policy.lateDeparture === 'counts' || approved.late;
  const spans = holes(planned.stretches)
    .filter((hole) => !(isLate(span, hole) ? late : early))
    .reduce(without, [span]);
  const breaksMs = overlapsMs(breaks, spans);
  const offMs = total([span]) - total(spans) - (allBreaksMs - breaksMs);
  const show = (ms: number) => clockAt(ms, site.timeZone);
  const when = spans.map(({ fromMs, toMs }) => `from ${show(fromMs)} to ${show(toMs)}`).join(' and ');
  if (offMs > 0)
    tell(`outside the shift and not approved: ${hoursInWords(offMs)}; counts ${when === '' ? 'nothing' : when}`);
  return { spans, breaksMs, offMs };
}

/** When a shift wants nobody: before it, between its stretches, and after it. */
function holes(stretches: readonly Span[]): Span[] {
  const ends = [Number.NEGATIVE_INFINITY, ...stretches.map(({ toMs }) => toMs)];
  const begins = [...stretches.map(({ fromMs }) => fromMs), Number.POSITIVE_INFINITY];
  return ends.map((fromMs, i) => ({ fromMs, toMs: begins[i] as number }));
}

/** Whoever stayed on leaves late, whoever comes arrives early; after the last stretch there is nothing to come for. */
function isLate(span: Span, hole: Span): boolean {
  return span.fromMs < hole.fromMs || hole.toMs === Number.POSITIVE_INFINITY;
}

function without(spans: readonly Span[], hole: Span): Span[] {
  if (hole.fromMs >= hole.toMs) return [...spans];
  const pieces = spans.flatMap(({ fromMs, toMs }) => [
    { fromMs, toMs: Math.min(toMs, hole.fromMs) },
    { fromMs: Math.max(fromMs, hole.toMs), toMs },
  ]);
  return pieces.filter(({ fromMs, toMs }) => fromMs < toMs);
}

function overlapsMs(some: readonly Span[], others: readonly Span[]): number {
  return sum(some.flatMap((one) => others.map((other) => overlapMs(one, other))));
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
  return sum(spans.map(({ fromMs, toMs }) => toMs - fromMs));
}

function sum(all: readonly number[]): number {
  return all.reduce((before, ms) => before + ms, 0);
}

/** Between one stretch of work and the next of the same day; one that counts nothing ends no break. */
function gapsMs(spans: readonly Span[]): number {
  const counting = spans.filter(({ fromMs, toMs }) => fromMs < toMs);
  return sum(counting.slice(1).map((span, i) => Math.max(0, span.fromMs - (counting[i] as Span).toMs)));
}
