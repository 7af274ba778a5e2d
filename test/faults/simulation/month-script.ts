import type { PunchCode } from '../../../src/attendance/facts.ts';
import type { Chance } from './chance.ts';

/** Somebody means to punch. */
export interface Intent {
  /** Milliseconds since 1970, by the sun. */
  readonly atMs: number;
  readonly personId: string;
  /** The day on which the shift begins, `YYYY-MM-DD`. */
  readonly date: string;
  readonly code: PunchCode;
}

/** What people will do in a month, and what the books must make of it. */
export interface MonthScript {
  /** In the order of time. */
  readonly intents: readonly Intent[];
  /** `<person> <YYYY-MM-DD>` -> what is wrong with that day's punches. */
  readonly findings: ReadonlyMap<string, 'missing-out' | 'doubled'>;
}

/** March 2026 in Berlin; from the 29th, at 2 o'clock, the clocks are an hour ahead. */
export const month = { from: '2026-03-02', to: '2026-03-31' } as const;

const minuteMs = 60_000;

/** One in five works at night; see {@link scriptOf}. */
export function worksAtNight(person: number): boolean {
  return person % 5 === 0;
}

/**
 * Everybody works from Monday to Friday, days or nights, a little early or late, most with a break that they punch. One
 * day in a hundred somebody forgets to leave, or stands before the camera twice.
 */
export function scriptOf(chance: Chance, people: number): MonthScript {
  const intents: Intent[] = [];
  const findings = new Map<string, 'missing-out' | 'doubled'>();
  for (let day = 2; day <= 31; day++) {
    const date = `2026-03-${String(day).padStart(2, '0')}`;
    if ([0, 6].includes(new Date(date).getUTCDay())) continue;
    for (let person = 1; person <= people; person++) {
      const personId = `p${person}`;
      const wrong = chance.percent(1) ? 'missing-out' : chance.percent(1) ? 'doubled' : null;
      intents.push(...shiftOf(chance, { personId, date, atNight: worksAtNight(person), wrong }));
      if (wrong !== null) findings.set(`${personId} ${date}`, wrong);
    }
  }
  return { intents: intents.sort((a, b) => a.atMs - b.atMs), findings };
}

function shiftOf(
  chance: Chance,
  shift: { personId: string; date: string; atNight: boolean; wrong: 'missing-out' | 'doubled' | null },
): Intent[] {
  const { personId, date, atNight, wrong } = shift;
  const at = (hours: number, earliest: number, latest: number, code: PunchCode): Intent => ({
    atMs: Date.parse(`${date}T00:00:00+01:00`) + hours * 3_600_000 + chance.between(earliest, latest) * minuteMs,
    personId,
    date,
    code,
  });
  const [begins, ends] = atNight ? [22, 30] : [8, 16.5];
  const comes = at(begins, -10, 25, 'in');
  const twice = { ...comes, atMs: comes.atMs + chance.between(20, 90) * 1000 };
  const pause = chance.percent(70)
    ? [at(begins + 4, 0, 20, 'break-start' as const), at(begins + 4, 30, 50, 'break-end' as const)]
    : [];
  const leaves = at(ends, -15, 60, 'out');
  return [comes, ...(wrong === 'doubled' ? [twice] : []), ...pause, ...(wrong === 'missing-out' ? [] : [leaves])];
}
