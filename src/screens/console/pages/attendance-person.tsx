import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import type { DayTold, PersonDays } from '../../../console/answers/attendance.ts';
import { AttendanceDay } from '../parts/attendance-day.tsx';
import { Icon } from '../parts/icon.tsx';
import { useLoaded } from '../parts/loaded.ts';
import { hours } from '../parts/numbers.ts';
import { Badge, Card, Page, Waiting } from '../parts/page.tsx';
import { dayInWords, PeriodFields, period } from '../parts/period.tsx';
import { Problem } from '../parts/problem.tsx';
import { SayEntry } from '../parts/say-entry.tsx';
import { mayAs } from '../state.ts';

/** The days of one person; each can be explained, and mended. */
export function AttendancePerson({ id }: { readonly id: string }) {
  const { query } = useLocation();
  const [shown, setShown] = useState<string | null>(query.day ?? null);
  const [asked, setAsked] = useState(false);
  const { from, to } = periodWith(query.day);
  const { value, error, again } = useLoaded<PersonDays>(
    `/api/attendance/people/${encodeURIComponent(id)}?${new URLSearchParams({ from, to })}`,
  );
  const [last, setLast] = useState<PersonDays | null>(null);
  if (value !== null && value !== last) setLast(value);
  const told = value ?? last;
  const day = told?.days.find(({ date }) => date === shown);
  return (
    <Page
      title={told?.name ?? id}
      back={{ href: '/attendance', to: 'Attendance' }}
      says={told && `${told.id}${told.site ? `, ${told.site}` : ''}; times by the clock of ${told.timeZone}.`}
      actions={
        <>
          <a
            class="go beside"
            href={`/api/attendance/file?${new URLSearchParams({ from, to, person: id, format: 'html' })}`}
            target="_blank"
            rel="noreferrer"
          >
            Print
          </a>
          {mayAs('operator') && (
            <button type="button" onClick={() => setAsked(true)}>
              <Icon name="plus" /> Days off
            </button>
          )}
        </>
      }
    >
      <search class="filters attendance">
        <PeriodFields />
      </search>
      <Problem of={error} />
      {told === null ? !error && <Waiting /> : <Days of={told.days} onShow={setShown} />}
      {told && day && <AttendanceDay {...{ of: day, person: told, onChanged: again, onClose: () => setShown(null) }} />}
      {asked && (
        <SayEntry
          {...{ title: `Days off for ${told?.name ?? id}`, verb: 'Enter them', onClose: () => setAsked(false) }}
          said={({ first = '', last = '', leave = '', paid }) => ({
            kind: 'leave',
            personId: id,
            from: first,
            to: last,
            leave,
            paid: paid === 'yes',
          })}
          onDone={() => {
            setAsked(false);
            again();
          }}
        >
          <div class="pair">
            <label>
              First day
              <input type="date" name="first" required />
            </label>
            <label>
              Last day
              <input type="date" name="last" required />
            </label>
          </div>
          <label>
            As
            <input name="leave" required maxLength={64} list="leaves" placeholder="holiday, sick, …" />
            <datalist id="leaves">
              <option>holiday</option>
              <option>sick</option>
            </datalist>
          </label>
          <label class="inline">
            <input type="checkbox" name="paid" value="yes" defaultChecked /> paid
          </label>
        </SayEntry>
      )}
    </Page>
  );
}

/** A link to a day outside the period that is looked at shows its month. */
function periodWith(day: string | undefined) {
  const { from, to } = period.value;
  if (day === undefined || (from <= day && day <= to)) return { from, to };
  return { from: day < from ? day : from, to: day > to ? day : to };
}

function Days({ of, onShow }: { readonly of: readonly DayTold[]; readonly onShow: (day: string) => void }) {
  return (
    <Card class="flush">
      <table class="rows days">
        <thead>
          <tr>
            <th>Day</th>
            <th>Shift</th>
            <th class="number">In</th>
            <th class="number">Out</th>
            <th class="number">Worked</th>
            <th class="number">Planned</th>
            <th class="number">Overtime</th>
            <th class="number">Late</th>
            <th>To look at</th>
            <th>
              <span class="hidden">Explain</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {of.map((day) => {
            const isQuiet = day.punches.length === 0 && day.plannedMs === 0 && day.findings.length === 0;
            const overtime = Object.values(day.overtimeMs).reduce((sum, ms) => sum + ms, 0);
            return (
              <tr key={day.date} class={isQuiet ? 'quiet' : ''}>
                <td class="nowrap">{dayInWords(day.date)}</td>
                <td>{day.leave ?? day.holiday ?? day.shift ?? ''}</td>
                <td class="number">{day.in}</td>
                <td class="number">{day.out}</td>
                <td class="number">{hours(day.workedMs + day.creditedMs)}</td>
                <td class="number">{hours(day.plannedMs)}</td>
                <td class="number">
                  {hours(overtime)}
                  {day.unapprovedOvertimeMs > 0 && <Badge tone="warn">{hours(day.unapprovedOvertimeMs)} waits</Badge>}
                </td>
                <td class="number">{hours(day.lateMs)}</td>
                <td>
                  {day.findings.length > 0 && (
                    <Badge tone="warn">
                      {[...new Set(day.findings.map(({ kind }) => kind.replaceAll('-', ' ')))].join(', ')}
                    </Badge>
                  )}
                </td>
                <td class="row-actions">
                  <button type="button" class="small secondary outline" onClick={() => onShow(day.date)}>
                    Explain<span class="hidden"> {dayInWords(day.date)}</span>
                  </button>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Card>
  );
}
