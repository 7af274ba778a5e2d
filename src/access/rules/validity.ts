import type { Finding, Situation } from './situation.ts';
import { clockInWords, dayInWords, wallTimeAt } from './wall-time.ts';

/** Nobody passes before or after the time for which they were enrolled. */
export function validity({ person, now, rules }: Situation): Finding {
  const { validFrom, validUntil } = person;
  const local = (instant: string) => {
    if (Number.isNaN(Date.parse(instant))) return `"${instant}", which is no instant`;
    const wall = wallTimeAt(new Date(instant), rules.timeZone ?? 'UTC');
    return `${dayInWords(wall)}, ${clockInWords(wall.minutes)}`;
  };
  const refuses = (reason: 'not-yet-valid' | 'expired', says: string): Finding => ({
    ...{ rule: 'validity', by: null, outcome: 'refuses' },
    ...{ reason, says },
  });
  // Written as "not at least": an instant that cannot be read is no permission.
  if (validFrom !== null && !(now.getTime() >= Date.parse(validFrom)))
    return refuses('not-yet-valid', `${person.name} is valid only from ${local(validFrom)}.`);
  if (validUntil !== null && !(now.getTime() < Date.parse(validUntil)))
    return refuses('expired', `${person.name} was valid until ${local(validUntil)}.`);
  const until = validUntil === null ? 'without an end' : `until ${local(validUntil)}`;
  return { rule: 'validity', by: null, outcome: 'passes', says: `${person.name} is valid ${until}.` };
}
