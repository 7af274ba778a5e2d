const minutesPerDay = 24 * 60;

/** From one time of the wall clock until another; one that ends before it begins ends on the next day. */
export interface Stretch {
  readonly from: string;
  readonly to: string;
}

/** When a stretch is, in minutes of the wall clock since the day of its shift began: 25:00 is one o'clock of the next. */
export interface LaidStretch {
  readonly fromMinutes: number;
  readonly toMinutes: number;
}

/** Stretches in the order of their shift: one that begins before the end of the one above it is on the next day. */
export function laid(stretches: readonly Stretch[]): LaidStretch[] {
  const out: LaidStretch[] = [];
  for (const { from, to } of stretches) {
    const [begins, ends] = [minutesOf(from), minutesOf(to)];
    const lateBy = Math.max(0, (out.at(-1)?.toMinutes ?? 0) - begins);
    const fromMinutes = begins + Math.ceil(lateBy / minutesPerDay) * minutesPerDay;
    const lasts = ends - begins + (ends > begins ? 0 : minutesPerDay);
    out.push({ fromMinutes, toMinutes: fromMinutes + lasts });
  }
  return out;
}

/** How many days after that of its shift a stretch begins. */
export function daysLater({ fromMinutes }: LaidStretch): number {
  return Math.floor(fromMinutes / minutesPerDay);
}

/** The first stretch that ends later than a day after the shift began; `-1`: none does. */
export function tooLong(stretches: readonly Stretch[]): number {
  const all = laid(stretches);
  const fromMinutes = all[0]?.fromMinutes ?? 0;
  return all.findIndex(({ toMinutes }) => toMinutes - fromMinutes > minutesPerDay);
}

function minutesOf(clock: string): number {
  const [hours, minutes] = clock.split(':');
  return Number(hours) * 60 + Number(minutes);
}
