import { named, type Scope } from './rules.ts';
import { type Occurrence, scheduleAt } from './schedule.ts';
import type { Finding, Situation } from './situation.ts';
import { applies } from './situation.ts';
import { clockInWords, dayAfter, dayInWords, wallTimeAt } from './wall-time.ts';

/** Which groups may pass which terminals, and when. Without any permission, everybody may. */
export function permission(situation: Situation): Finding {
  const { rules, person, terminal } = situation;
  const permissions = named(rules.permissions);
  if (permissions.length === 0) {
    return passes(null, 'No permissions are set up, so everybody in the gallery may pass.');
  }
  const granted = permissions.find(([, rule]) => applies(rule, situation));
  if (granted !== undefined) {
    const [name, rule] = granted;
    return passes(name, `${whom(rule, situation)} may pass ${terminal}${when(rule, situation)}.`);
  }
  const atOtherTimes = permissions.find(([, { schedule: _any, ...rule }]) => applies(rule, situation));
  if (atOtherTimes !== undefined) {
    const [name, { schedule = '' }] = atOtherTimes;
    const says = `${whom(atOtherTimes[1], situation)} may pass ${terminal} only by the schedule ${schedule}: ${closed(schedule, situation)}.`;
    return { rule: 'permission', by: `permissions.${name}`, outcome: 'refuses', reason: 'out-of-schedule', says };
  }
  const groups = person.groups.length === 0 ? 'belongs to no group' : `belongs to ${person.groups.join(', ')}`;
  return {
    ...{ rule: 'permission', by: null, outcome: 'refuses', reason: 'not-authorised-here' },
    says: `${person.name} ${groups}, and no permission lets that pass ${terminal}.`,
  };
}

function passes(name: string | null, says: string): Finding {
  return { rule: 'permission', by: name === null ? null : `permissions.${name}`, outcome: 'passes', says };
}

function whom({ groups }: Scope, { person }: Situation): string {
  const own = groups?.filter((group) => person.groups.includes(group));
  return own === undefined ? 'Everybody' : `Who belongs to ${own.join(', ')}`;
}

function when({ schedule }: Scope, { rules, now }: Situation): string {
  if (schedule === undefined) return ' at any time';
  const finding = scheduleAt(schedule, rules, now);
  if (!finding.active) return '';
  const { occurrence } = finding;
  const { date } = wallTimeAt(now, rules.timeZone ?? 'UTC');
  const since = occurrence.date === date ? '' : `, which began on ${dayInWords(dayAfter(occurrence.date, 0))}`;
  return ` now: ${schedule} has ${hoursInWords(occurrence)}${since}`;
}

/** Why a schedule is not in force, and when it will be. */
function closed(name: string, { rules, now }: Situation): string {
  const timeZone = rules.timeZone ?? 'UTC';
  const finding = scheduleAt(name, rules, now);
  if (finding.active || rules.schedules?.[name] === undefined) return 'it does not exist, so it is never in force';
  const wall = wallTimeAt(now, timeZone);
  const today = finding.holiday === null ? '' : `, the holiday ${finding.holiday}`;
  const it = `it is ${dayInWords(wall)}${today}, ${clockInWords(wall.minutes)} in ${timeZone}`;
  if (finding.next === null) return it;
  const { date, hours } = finding.next;
  return `${it}, and it begins again on ${dayInWords(dayAfter(date, 0))} at ${hours.from}`;
}

function hoursInWords({ hours: { from, to }, holiday }: Occurrence): string {
  return `${from} to ${to}${holiday === null ? '' : ` on the holiday ${holiday}`}`;
}
