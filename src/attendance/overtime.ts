import type { Policy } from './plan.ts';
import { minutesToMs, weekOf } from './wall-clock.ts';

/** What a day brings to the overtime of its week. */
export interface OvertimeDay {
  readonly date: string;
  readonly workedMs: number;
  /** What makes it special, that which goes first first; empty on a working day. */
  readonly special: readonly ('day-off' | 'holiday')[];
}

/** The time of a day by tier. */
export interface Tiered {
  /** In no tier. */
  readonly regularMs: number;
  readonly tiers: Readonly<Record<string, number>>;
}

/**
 * Sort worked time into tiers, each millisecond into one: work on holidays and days off where there is a tier for it (a
 * holiday on a day off is a day off where there is none for holidays), else what exceeds the day's bounds, else what exceeds the week's (Monday to Sunday), in the order of the days.
 *
 * @param days whole weeks, in order; a week that is cut counts what there is of it
 * @param policyOn what holds on a day
 */
export function tiered(days: readonly OvertimeDay[], policyOn: (date: string) => Policy): Map<string, Tiered> {
  const byDay = new Map<string, Tiered>();
  let week = '';
  let weekMs = 0;
  for (const day of days) {
    if (weekOf(day.date) !== week) [week, weekMs] = [weekOf(day.date), 0];
    const { overtime } = policyOn(day.date);
    const special = day.special
      .map((kind) => overtime.find(({ on }) => on === kind))
      .find((tier) => tier !== undefined);
    if (special !== undefined) {
      byDay.set(day.date, { regularMs: 0, tiers: day.workedMs > 0 ? { [special.name]: day.workedMs } : {} });
      continue;
    }
    const ofDay = split({ fromMs: 0, toMs: day.workedMs }, overtime, 'day');
    const ofWeek = split({ fromMs: weekMs, toMs: weekMs + ofDay.regularMs }, overtime, 'week');
    weekMs += ofDay.regularMs;
    byDay.set(day.date, { regularMs: ofWeek.regularMs, tiers: { ...ofDay.tiers, ...ofWeek.tiers } });
  }
  return byDay;
}

/** What of a stretch on the scale of worked time lies between the bounds of the tiers. */
function split(stretch: { fromMs: number; toMs: number }, tiers: Policy['overtime'], on: 'day' | 'week'): Tiered {
  const bounds = tiers
    .filter((tier) => tier.on === on)
    .map(({ name, afterMinutes = 0 }) => ({ name, fromMs: minutesToMs(afterMinutes) }))
    .sort((a, b) => a.fromMs - b.fromMs);
  const within = (fromMs: number, toMs: number) =>
    Math.max(0, Math.min(stretch.toMs, toMs) - Math.max(stretch.fromMs, fromMs));
  const shares = bounds.map(({ name, fromMs }, i): [string, number] => [
    name,
    within(fromMs, bounds[i + 1]?.fromMs ?? Number.POSITIVE_INFINITY),
  ]);
  const regularMs = within(0, bounds[0]?.fromMs ?? Number.POSITIVE_INFINITY);
  return { regularMs, tiers: Object.fromEntries(shares.filter(([, ms]) => ms > 0)) };
}
