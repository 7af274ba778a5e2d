import { LimenError } from '../domain/errors.ts';
import type { AttendanceOffice } from '../hub/attendance-office.ts';

/** What every command of the attendance office is told. */
export interface OfficeFlags {
  readonly config: string;
}

/** Do something in the books. @throws LimenError what the configuration and the books say. */
export async function withOffice<T>(flags: OfficeFlags, work: (office: AttendanceOffice) => Promise<T>): Promise<T> {
  const [{ loadHubConfig }, { withAttendance }] = await Promise.all([
    import('../config/load.ts'),
    import('../attendance-desk.ts'),
  ]);
  return withAttendance(loadHubConfig(flags.config), work);
}

/** A day as it is typed. @throws LimenError `usage.invalid`. */
export function dayFrom(option: string, day: string): string {
  // 2026-02-31 is the third of March to a Date, and a slip of the pen to everybody else.
  const date = /^\d{4}-\d\d-\d\d$/.test(day) ? new Date(day) : new Date(Number.NaN);
  if (!Number.isNaN(date.getTime()) && date.toISOString().startsWith(day)) return day;
  throw new LimenError('usage.invalid', `${option} ${day} is no day of the calendar.`, { hint: 'Write 2026-03-01.' });
}

/** Days as they are typed, both included. @throws LimenError `usage.invalid`, also for those that end before they begin. */
export function periodFrom(
  { from, to }: { readonly from: string; readonly to: string },
  [first, last]: readonly [string, string] = ['--from', '--to'],
): { readonly from: string; readonly to: string } {
  const period = { from: dayFrom(first, from), to: dayFrom(last, to) };
  if (period.from <= period.to) return period;
  throw new LimenError('usage.invalid', `${last} ${to} is before ${first} ${from}.`, {
    hint: 'Name the first day first.',
  });
}

/** An instant with its zone. @throws LimenError `usage.invalid`. */
export function instantFrom(option: string, text: string): Date {
  const instant = new Date(/(Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : Number.NaN);
  if (!Number.isNaN(instant.getTime())) return instant;
  throw new LimenError('usage.invalid', `${option} ${text} names no instant.`, {
    hint: 'Write it with its zone: 2026-03-01T16:30+01:00, or 2026-03-01T15:30Z.',
  });
}

/** `--as-of`, where it was given. @throws LimenError `usage.invalid`. */
export function asOfFrom(text: string | undefined): Date | undefined {
  return text === undefined ? undefined : instantFrom('--as-of', text);
}
