import { type Holiday, type Hours, named, type Rules, type Schedule } from './rules.ts';
import { dayAfter, minutesOf, type WallTime, wallTimeAt } from './wall-time.ts';

/** One stretch of time in which a schedule is in force. */
export interface Occurrence {
  /** The day on which it began. */
  readonly date: string;
  readonly hours: Hours;
  /** The holiday whose hours these are. */
  readonly holiday: string | null;
}

/** A name that no other occurrence of this schedule has. */
export function occurrenceId({ date, hours }: Occurrence): string {
  return `${date} ${hours.from}-${hours.to}`;
}

/** What a schedule says about an instant. */
export type ScheduleFinding =
  | { readonly active: true; readonly occurrence: Occurrence }
  | { readonly active: false; readonly holiday: string | null; readonly next: Occurrence | null };

/** How far ahead the next occurrence is looked for. */
const lookAheadDays = 60;

/**
 * Whether a schedule is in force, by the clock on the wall of the site. A period holds while that clock shows a time
 * in it: an hour that the change of the clocks leaves out is in no period, one that comes twice counts twice, and who may
 * come "until six" may come until it is six, however long the night was. A schedule that does not exist is never in force.
 */
export function scheduleAt(name: string, rules: Rules, now: Date): ScheduleFinding {
  const wall = wallTimeAt(now, rules.timeZone ?? 'UTC');
  const schedule = rules.schedules?.[name];
  if (schedule === undefined) return { active: false, holiday: null, next: null };
  const occurrence = occurrenceAt({ name, schedule, rules }, wall);
  if (occurrence !== null) return { active: true, occurrence };
  const today = holidayOn({ name, schedule, rules }, wall.date);
  return { active: false, holiday: today?.[0] ?? null, next: nextOf({ name, schedule, rules }, wall) };
}

interface Asked {
  readonly name: string;
  readonly schedule: Schedule;
  readonly rules: Rules;
}

function occurrenceAt(asked: Asked, { date, minutes, weekday }: WallTime): Occurrence | null {
  const began = ({ from, to }: Hours) =>
    minutes >= minutesOf(from) && (isOvernight({ from, to }) || minutes < minutesOf(to));
  const today = hoursOn(asked, { date, weekday }).find(({ hours }) => began(hours));
  if (today !== undefined) return today;
  const goesOn = (hours: Hours) => isOvernight(hours) && minutes < minutesOf(hours.to);
  return hoursOn(asked, dayAfter(date, -1)).find(({ hours }) => goesOn(hours)) ?? null;
}

/** Everything that begins on a day. */
function hoursOn(asked: Asked, { date, weekday }: Pick<WallTime, 'date' | 'weekday'>): Occurrence[] {
  const holiday = holidayOn(asked, date);
  if (holiday !== null) return holiday[1].hours.map((hours) => ({ date, hours, holiday: holiday[0] }));
  return asked.schedule.periods
    .filter(({ days }) => days.includes(weekday))
    .map(({ from, to }) => ({ date, hours: { from, to }, holiday: null }));
}

/** The holiday that changes this schedule on a day. */
function holidayOn({ name, schedule, rules }: Asked, date: string): [name: string, holiday: Holiday] | null {
  if (schedule.onHolidays === 'as-usual') return null;
  const isOn = ({ dates, schedules }: Holiday) =>
    dates.some((one) => one === date || one === date.slice(5)) && (schedules?.includes(name) ?? true);
  return named(rules.holidays).find(([, holiday]) => isOn(holiday)) ?? null;
}

function nextOf(asked: Asked, { date, minutes }: WallTime): Occurrence | null {
  for (let days = 0; days <= lookAheadDays; days++) {
    const later = hoursOn(asked, dayAfter(date, days))
      .filter(({ hours }) => days > 0 || minutesOf(hours.from) > minutes)
      .sort((a, b) => minutesOf(a.hours.from) - minutesOf(b.hours.from));
    if (later[0] !== undefined) return later[0];
  }
  return null;
}

function isOvernight({ from, to }: Hours): boolean {
  return minutesOf(to) < minutesOf(from);
}
