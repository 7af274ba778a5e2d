import type { RulesTold } from '../../../console/answers/rules.ts';

type Schedule = NonNullable<RulesTold['rules']['schedules']>[string];

/** Days as rules write them, and as people read them. */
export const dayNames = {
  mon: 'Monday',
  tue: 'Tuesday',
  wed: 'Wednesday',
  thu: 'Thursday',
  fri: 'Friday',
  sat: 'Saturday',
  sun: 'Sunday',
} as const;

const days = Object.keys(dayNames) as (keyof typeof dayNames)[];
const [left, top, hourPx, rowPx] = [44, 22, 20, 22];
const width = left + 24 * hourPx + 12;
const height = top + 7 * rowPx + 4;

interface Block {
  readonly row: number;
  readonly from: number;
  readonly to: number;
}

/** A schedule as a week: one row a day, one column an hour; a night goes on in the row below. */
export function Week({ name, of }: { readonly name: string; readonly of: Schedule }) {
  return (
    <svg class="week" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`${name}: ${periodsInWords(of)}`}>
      {[0, 6, 12, 18, 24].map((hour) => (
        <text key={hour} class="hour" x={left + hour * hourPx} y={top - 7} text-anchor="middle">
          {hour}
        </text>
      ))}
      {days.map((day, row) => (
        <g key={day}>
          <text class="day" x={0} y={top + row * rowPx + 15}>
            {dayNames[day].slice(0, 3)}
          </text>
          <rect class="shut" x={left} y={top + row * rowPx + 2} width={24 * hourPx} height={rowPx - 4} rx="3" />
        </g>
      ))}
      {blocksOf(of).map(({ row, from, to }) => (
        <rect
          key={`${row} ${from} ${to}`}
          class="open"
          x={left + (from / 60) * hourPx}
          y={top + row * rowPx + 2}
          width={Math.max(2, ((to - from) / 60) * hourPx)}
          height={rowPx - 4}
          rx="3"
        />
      ))}
      {[6, 12, 18].map((hour) => (
        <path key={hour} class="grid" d={`M${left + hour * hourPx} ${top}V${height - 4}`} />
      ))}
    </svg>
  );
}

function blocksOf({ periods }: Schedule): Block[] {
  return periods.flatMap(({ days: on, from, to }) =>
    on.flatMap((day): Block[] => {
      const row = days.indexOf(day);
      const [start, end] = [minutesOf(from), minutesOf(to)];
      if (end > start) return [{ row, from: start, to: end }];
      const night = { row, from: start, to: 1440 };
      return end === 0 ? [night] : [night, { row: (row + 1) % 7, from: 0, to: end }];
    }),
  );
}

function minutesOf(clock: string): number {
  return Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));
}

/** `Monday to Friday 07:00 to 18:00; Saturday 08:00 to 12:00` */
export function periodsInWords({ periods }: Schedule): string {
  return periods.map(({ days: on, from, to }) => `${daysInWords(on)} ${from} to ${to}`).join('; ');
}

/** Runs of three days and more are told by their ends. */
export function daysInWords(on: readonly (keyof typeof dayNames)[]): string {
  if (on.length === 7) return 'every day';
  const rows = on.map((day) => days.indexOf(day)).sort((a, b) => a - b);
  const isRun = rows.length > 2 && rows.every((row, i) => i === 0 || row === (rows[i - 1] as number) + 1);
  const name = (row: number | undefined) => dayNames[days[row ?? 0] as keyof typeof dayNames];
  return isRun ? `${name(rows[0])} to ${name(rows.at(-1))}` : rows.map(name).join(', ');
}
