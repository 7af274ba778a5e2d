import { useState } from 'preact/hooks';
import type { AttendanceTold, PersonSums } from '../../../console/answers/attendance.ts';
import { RefusedError } from '../../kit/api.ts';
import { AttendanceTabs } from '../parts/attendance-tabs.tsx';
import { Findings } from '../parts/findings.tsx';
import { Icon } from '../parts/icon.tsx';
import { useLoaded } from '../parts/loaded.ts';
import { counted, hours } from '../parts/numbers.ts';
import { Badge, Card, Empty, Page, Waiting } from '../parts/page.tsx';
import { PeriodFields, period } from '../parts/period.tsx';
import { Problem } from '../parts/problem.tsx';
import { mayAs } from '../state.ts';

const firstFindings = 12;

/** What everybody worked, and what is to be looked at. */
export function AttendancePage() {
  const [group, setGroup] = useState('');
  const [site, setSite] = useState('');
  const [text, setText] = useState('');
  const [isAll, setAll] = useState(false);
  const { from, to } = period.value;
  const query = new URLSearchParams({ from, to, ...(group && { group }), ...(site && { site }) });
  const { value, error, again } = useLoaded<AttendanceTold>(`/api/attendance?${query}`);
  const [last, setLast] = useState<AttendanceTold | null>(null);
  if (value !== null && value !== last) setLast(value);
  const told = value ?? last;
  if (error instanceof RefusedError && error.code === 'attendance.no-plan') return <NoPlan />;
  const people = (told?.people ?? []).filter(({ id, name }) =>
    `${id} ${name}`.toLowerCase().includes(text.toLowerCase()),
  );
  const file = (format: string) => `/api/attendance/file?${new URLSearchParams([...query, ['format', format]])}`;
  return (
    <Page
      title="Attendance"
      says="What everybody worked, counted from their punches by the plan."
      actions={
        <>
          <a class="go beside" href={file('html')} target="_blank" rel="noreferrer">
            Print
          </a>
          <a class="go beside" href={file('csv')} download>
            <Icon name="download" /> CSV
          </a>
          <a class="go beside" href={file('xlsx')} download>
            <Icon name="download" /> Excel
          </a>
        </>
      }
    >
      <AttendanceTabs />
      <search class="filters attendance">
        <PeriodFields />
        <input
          type="search"
          placeholder="Name or id"
          aria-label="Name or id"
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <select aria-label="Group" value={group} onChange={(event) => setGroup(event.currentTarget.value)}>
          <option value="">Every group</option>
          {(told?.groups ?? []).map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
        {(told?.sites.length ?? 0) > 1 && (
          <select aria-label="Site" value={site} onChange={(event) => setSite(event.currentTarget.value)}>
            <option value="">Every site</option>
            {told?.sites.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        )}
      </search>
      <Problem of={error} />
      {told === null ? (
        !error && <Waiting />
      ) : people.length === 0 ? (
        <Empty icon="attendance" title="Nobody like that" />
      ) : (
        <People of={people} tiers={told.tiers} />
      )}
      {told !== null && told.findingsCount > 0 && (
        <Card title={`To look at: ${counted(told.findingsCount, 'thing')}`}>
          <Findings of={isAll ? told.findings : told.findings.slice(0, firstFindings)} withNames onMended={again} />
          {!isAll && told.findings.length > firstFindings && (
            <button type="button" class="small secondary outline" onClick={() => setAll(true)}>
              The other {told.findings.length - firstFindings}
            </button>
          )}
          {isAll && told.findingsCount > told.findings.length && (
            <p class="quiet note">{told.findings.length} of them; a shorter period, or a group, shows the others.</p>
          )}
        </Card>
      )}
    </Page>
  );
}

function NoPlan() {
  return (
    <Page title="Attendance" says="What everybody worked, counted from their punches by the plan.">
      <AttendanceTabs />
      <Empty icon="attendance" title="Nobody has said yet how working time is counted here">
        <p>
          A plan says which shifts there are, who works by which, and what counts as overtime. Punches that are there
          already are counted by it as well.
        </p>
        {mayAs('administrator') && (
          <a class="go" href="/attendance/plan">
            Write a plan
          </a>
        )}
      </Empty>
    </Page>
  );
}

function People({ of, tiers }: { readonly of: readonly PersonSums[]; readonly tiers: readonly string[] }) {
  const someWaits = of.some(({ unapprovedOvertimeMs }) => unapprovedOvertimeMs > 0);
  const hasOvertime = someWaits || tiers.length > 0;
  return (
    <Card class="flush">
      <table class="rows">
        <thead>
          <tr>
            <th>Name</th>
            <th class="number">Days</th>
            <th class="number">Worked</th>
            <th class="number">Planned</th>
            <th class="number">Balance</th>
            {hasOvertime && <th class="number">Regular</th>}
            {tiers.map((tier) => (
              <th key={tier} class="number">
                {tier}
              </th>
            ))}
            {someWaits && <th class="number">Not approved</th>}
            <th class="number">Late</th>
            <th class="number">Left early</th>
            <th>To look at</th>
          </tr>
        </thead>
        <tbody>
          {of.map((person) => (
            <tr key={person.id}>
              <td>
                <a class="row-link" href={`/attendance/people/${encodeURIComponent(person.id)}`}>
                  {person.name}
                </a>
              </td>
              <td class="number">{person.days || ''}</td>
              <td class="number">{hours(person.workedMs)}</td>
              <td class="number">{hours(person.plannedMs)}</td>
              <td class="number">{hours(person.balanceMs)}</td>
              {hasOvertime && <td class="number">{hours(person.regularMs)}</td>}
              {tiers.map((tier) => (
                <td key={tier} class="number">
                  {hours(person.overtimeMs[tier] ?? 0)}
                </td>
              ))}
              {someWaits && <td class="number">{hours(person.unapprovedOvertimeMs)}</td>}
              <td class="number">{hours(person.lateMs)}</td>
              <td class="number">{hours(person.earlyLeaveMs)}</td>
              <td>{person.findings > 0 && <Badge tone="warn">{person.findings}</Badge>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}
