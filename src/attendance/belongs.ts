import type { DatedTerms } from './dated-terms.ts';
import type { Policy } from './plan.ts';
import type { PlannedDay } from './rota.ts';
import { dateAt, dayPlus, instantAt } from './wall-clock.ts';

/** Who comes earlier than this before a shift has not come for it. */
const earliestMs = 4 * 3_600_000;

/**
 * The day that work belongs to which begins at an instant: that of the shift whose beginning is nearest, if there is one
 * going on or about to begin, so that a night belongs to the evening before; else the day of the calendar, as the policy
 * has it begin.
 *
 * @param planned the plan of a day by its date
 */
export function dayOf(atMs: number, dated: Pick<DatedTerms, 'at'>, planned: (date: string) => PlannedDay): string {
  const { site, policy } = dated.at(atMs).terms;
  const { timeZone } = site;
  const today = dateAt(atMs, timeZone);
  let best: { readonly date: string; readonly awayMs: number } | null = null;
  for (const date of [dayPlus(today, -1), today, dayPlus(today, 1)]) {
    const { shift, stretches } = planned(date);
    if (shift?.shift.kind !== 'fixed') continue;
    for (const { fromMs, toMs } of stretches) {
      if (atMs < fromMs - earliestMs || atMs >= toMs) continue;
      const awayMs = Math.abs(atMs - fromMs);
      if (best === null || awayMs < best.awayMs) best = { date, awayMs };
    }
  }
  return best?.date ?? calendarDay(atMs, { today, timeZone, policy });
}

function calendarDay(
  atMs: number,
  { today, timeZone, policy }: { today: string; timeZone: string; policy: Policy },
): string {
  return atMs < instantAt(today, policy.dayBegins, timeZone) ? dayPlus(today, -1) : today;
}
