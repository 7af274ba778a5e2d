import type { PunchMeaning, PunchOutcome } from '../domain/punch.ts';

const directionWords: Record<PunchMeaning['direction'], string> = {
  in: 'in',
  out: 'out',
  'break-start': 'break',
  'break-end': 'back from break',
  change: 'other work',
};

/**
 * What became of somebody, in words for a screen or a log: `already recorded at 07:58 (in)`. Times are those of the clock
 * on the wall; of another day than today they come with their date.
 *
 * @param timeZone IANA name
 */
export function punchInWords(outcome: PunchOutcome, { timeZone, now }: { timeZone: string; now: Date }): string {
  switch (outcome.kind) {
    case 'recorded':
      return `${meaningInWords(outcome)}, recorded at ${wallTime(outcome.at, { timeZone, now })}`;
    case 'already-recorded':
      return `already recorded at ${wallTime(outcome.at, { timeZone, now })} (${meaningInWords(outcome)})`;
    case 'choose':
      return 'choose what to record';
    case 'not-chosen':
      return 'not recorded: nothing was chosen';
  }
}

/** `in`, `out`, `break`, `other work: welding`. */
export function meaningInWords({ direction, work }: PunchMeaning): string {
  const words = directionWords[direction];
  return work === undefined ? words : `${words}: ${work}`;
}

function wallTime(at: string, { timeZone, now }: { timeZone: string; now: Date }): string {
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const day = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' });
  const then = new Date(at);
  const date = day.format(then) === day.format(now) ? '' : `${day.format(then)} `;
  return `${date}${clock.format(then)}`;
}
