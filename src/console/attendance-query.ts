import { z } from 'zod';
import { daysBetween } from '../attendance/wall-clock.ts';
import { LimenError } from '../domain/errors.ts';
import { personId } from './answers/people.ts';

const name = z.string().trim().min(1).max(64);

/** Which days, both included, and whose. */
export const attendanceQuery = z.object({
  from: z.iso.date(),
  to: z.iso.date(),
  person: personId.optional(),
  group: name.optional(),
  site: name.optional(),
});

/** A year and a day: what is longer is a mistake more often than a wish. */
const mostDays = 366;

/** The same as the office takes it. @throws LimenError `usage.invalid` for a period that ends before it begins, or is too long. */
export function attendanceAsked({ from, to, person, group, site }: z.infer<typeof attendanceQuery>) {
  const days = daysBetween(from, to) + 1;
  if (days < 1)
    throw new LimenError('usage.invalid', `${to} is before ${from}.`, { hint: 'Name the first day first.' });
  if (days > mostDays) {
    throw new LimenError(
      'usage.invalid',
      `From ${from} to ${to} are ${days} days; a report is of ${mostDays} at most.`,
      {
        hint: 'Make one for each year.',
      },
    );
  }
  return { from, to, personId: person, group, site };
}
