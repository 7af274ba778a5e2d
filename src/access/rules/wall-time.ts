import { Temporal } from '@js-temporal/polyfill';
import { LimenError } from '../../domain/errors.ts';
import { type Weekday, weekdays } from './rules.ts';

/** What calendar and clock on the wall of a site show. */
export interface WallTime {
  /** `YYYY-MM-DD` */
  readonly date: string;
  readonly weekday: Weekday;
  /** Since midnight as the clock shows it: 02:30 is 150, on the day the clocks change as well. */
  readonly minutes: number;
}

/** What the clock on the wall shows at an instant: exact, and never ambiguous in this direction. */
export function wallTimeAt(instant: Date, timeZone: string): WallTime {
  const local = Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(timeZone);
  return {
    date: local.toPlainDate().toString(),
    weekday: weekdays[local.dayOfWeek - 1] as Weekday,
    minutes: local.hour * 60 + local.minute,
  };
}

/** A calendar day, so many days later. */
export function dayAfter(date: string, days: number): { readonly date: string; readonly weekday: Weekday } {
  const day = Temporal.PlainDate.from(date).add({ days });
  return { date: day.toString(), weekday: weekdays[day.dayOfWeek - 1] as Weekday };
}

/**
 * The instant that a text names: ISO 8601 with a zone, or the site's own wall time without one.
 *
 * @throws LimenError `usage.invalid` for a text that names none: also for a wall time that the change of the clocks leaves
 *   out, or brings twice.
 */
export function instantFrom(text: string, timeZone: string): Date {
  try {
    if (/(Z|[+-]\d\d:?\d\d)$/i.test(text)) return new Date(Temporal.Instant.from(text).epochMilliseconds);
    const local = Temporal.PlainDateTime.from(text);
    return new Date(local.toZonedDateTime(timeZone, { disambiguation: 'reject' }).epochMilliseconds);
  } catch (cause) {
    throw new LimenError('usage.invalid', `"${text}" names no instant in ${timeZone}.`, {
      hint: 'Write 2026-11-25T07:30 for the time on the wall of the site, or 2026-11-25T06:30:00Z. Where the clocks change, an hour is missing or comes twice: write the offset then, 2026-10-25T02:30:00+01:00.',
      cause,
    });
  }
}

const weekdayWords: Record<Weekday, string> = {
  mon: 'Monday',
  tue: 'Tuesday',
  wed: 'Wednesday',
  thu: 'Thursday',
  fri: 'Friday',
  sat: 'Saturday',
  sun: 'Sunday',
};

/** `Wednesday, 25 November 2026` */
export function dayInWords({ date, weekday }: Pick<WallTime, 'date' | 'weekday'>): string {
  const { day, year } = Temporal.PlainDate.from(date);
  const month = new Intl.DateTimeFormat('en-GB', { month: 'long', timeZone: 'UTC' }).format(new Date(`${date}T00:00Z`));
  return `${weekdayWords[weekday]}, ${day} ${month} ${year}`;
}

/** `07:05` */
export function clockInWords(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

/** `07:05` as minutes since midnight; `24:00` is 1440. */
export function minutesOf(clock: string): number {
  return Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));
}
