import { useState } from 'preact/hooks';
import type { PlanChecked, PlanTold } from '../../../console/answers/attendance.ts';
import type { TextProblem } from '../../../console/answers/rules.ts';
import { AttendanceTabs } from '../parts/attendance-tabs.tsx';
import { useDoing, valuesOf } from '../parts/doing.tsx';
import { useLoaded } from '../parts/loaded.ts';
import { Badge, Card, Page, Waiting } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';
import { TextEditor, TextProblems } from '../parts/text-editor.tsx';
import { instant } from '../parts/time.tsx';
import { ask } from '../server.ts';
import { mayAs, notice } from '../state.ts';

const example = `sites:
  works: { timeZone: Europe/Berlin }
shifts:
  day: { kind: fixed, stretches: [{ from: '08:00', to: '16:30' }] }
rotas: # over and over from a first day on
  weekdays: { from: 2026-01-05, days: [day, day, day, day, day, null, null] }
policies:
  agreed:
    lateAfterMinutes: 5
    breaks:
      automatic: [{ afterMinutes: 360, minutes: 30 }]
    overtime:
      - { name: 'x1.25', on: day, afterMinutes: 480, factor: 1.25 }
everybody: { rota: weekdays, policy: agreed }
`;

/** How working time is counted. */
export function AttendancePlan() {
  const { value, error, again } = useLoaded<PlanTold>('/api/attendance/plan');
  const set = value?.plan;
  return (
    <Page
      title="Attendance"
      says={
        set
          ? `How working time is counted: set ${instant(set.recordedAt)} by ${set.author}, ${set.reason}.`
          : 'How working time is counted.'
      }
    >
      <AttendanceTabs />
      <Problem of={error} />
      {value === null ? (
        !error && <Waiting />
      ) : (
        <>
          {value.versions.length > 1 && <Versions told={value} />}
          <Plan key={set?.id ?? ''} was={set?.text ?? null} onSet={again} />
        </>
      )}
    </Page>
  );
}

/** Which plan counts from which day on. */
function Versions({ told: { versions, plan } }: { readonly told: PlanTold }) {
  return (
    <Card title="Which plan counts from when">
      <table class="rows">
        <thead>
          <tr>
            <th>Days from</th>
            <th>Set</th>
            <th>Who, why</th>
          </tr>
        </thead>
        <tbody>
          {versions.map(({ id, from, recordedAt, author, reason }, i) => (
            <tr key={id}>
              <td class="nowrap">
                {i === 0 ? 'the beginning' : from} {id === plan?.id && <Badge tone="plain">today</Badge>}
              </td>
              <td class="nowrap">{instant(recordedAt)}</td>
              <td>
                <strong>{author}</strong>: {reason}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}

function Plan({ was, onSet }: { readonly was: string | null; readonly onSet: () => void }) {
  const [text, setText] = useState(was ?? example);
  const [problems, setProblems] = useState<readonly TextProblem[]>([]);
  const mayChange = mayAs('administrator');
  const setting = useDoing(async (form: HTMLFormElement) => {
    const checked = await ask<PlanChecked>('/api/attendance/plan/check', { method: 'POST', body: { text } });
    setProblems(checked.problems);
    if (checked.problems.length > 0) return;
    const { reason, from } = valuesOf(form);
    await ask('/api/attendance/plan', { method: 'PUT', body: { text, reason, ...(from && { from }) } });
    notice.value = {
      tone: 'good',
      says: 'The plan is set.',
      more: [from ? `Days from ${from} on are counted by it.` : 'Every day is counted by it.'],
      at: '/attendance/plan',
    };
    onSet();
  });
  return (
    <Card title={was === null ? 'An example to begin with' : 'The plan'}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void setting.run(event.currentTarget);
        }}
      >
        <Problem of={setting.error} />
        <TextEditor
          label="The plan, YAML"
          {...{ text, problems, readOnly: !mayChange }}
          onChange={(next) => {
            setText(next);
            setProblems([]);
          }}
        />
        <TextProblems of={problems} />
        {mayChange && (
          <>
            <label>
              Why?
              <input name="reason" required maxLength={200} placeholder="as agreed with the works council" />
              <small>
                Stays in the books. Reports “as of” a day before the change still come out by the plan of then.
              </small>
            </label>
            <label>
              From which day on?
              <input name="from" type="date" />
              <small>The days before keep the plan that they have. Left empty, every day is counted by it.</small>
            </label>
            <footer>
              <button type="submit" aria-busy={setting.busy} disabled={text.trim() === '' || text === was}>
                Check and set it
              </button>
            </footer>
          </>
        )}
      </form>
    </Card>
  );
}
