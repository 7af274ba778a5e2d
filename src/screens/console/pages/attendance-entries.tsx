import { useState } from 'preact/hooks';
import type { EntryTold } from '../../../console/answers/attendance.ts';
import { AttendanceTabs } from '../parts/attendance-tabs.tsx';
import { useLoaded } from '../parts/loaded.ts';
import { Badge, Card, Empty, Page, Waiting } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';
import { SayEntry } from '../parts/say-entry.tsx';
import { instant } from '../parts/time.tsx';
import { mayAs } from '../state.ts';

/** Everything that was said about punches and days. */
export function AttendanceEntries() {
  const { value, error, again } = useLoaded<{ entries: EntryTold[]; total: number }>('/api/attendance/entries');
  const [asked, setAsked] = useState<EntryTold | null>(null);
  return (
    <Page
      title="Attendance"
      says="Corrections and plans: who said what, when and why. Each is signed by the hub, and none is ever altered."
    >
      <AttendanceTabs />
      <Problem of={error} />
      {value === null && !error && <Waiting />}
      {value?.entries.length === 0 && (
        <Empty icon="audit" title="Nothing was corrected yet">
          <p>
            Punches stand as they were made. What is entered in a report, for whatever is to be looked at, is listed
            here.
          </p>
        </Empty>
      )}
      {value !== null && value.entries.length > 0 && (
        <Card class="flush">
          <table class="rows">
            <thead>
              <tr>
                <th>When</th>
                <th>Whose</th>
                <th>What</th>
                <th>Who, why</th>
                <th>
                  <span class="hidden">Take back</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {value.entries.map((entry) => (
                <tr key={entry.id} class={entry.inForce ? '' : 'gone'}>
                  <td class="nowrap">{instant(entry.recordedAt)}</td>
                  <td>
                    {entry.person === null ? (
                      'everybody'
                    ) : (
                      <a class="row-link" href={`/attendance/people/${encodeURIComponent(entry.person.id)}`}>
                        {entry.person.name}
                      </a>
                    )}
                  </td>
                  <td>
                    {saidInWords(entry.said)} {!entry.inForce && <Badge tone="plain">taken back</Badge>}
                  </td>
                  <td>
                    <strong>{entry.author}</strong>: {entry.reason}
                  </td>
                  <td class="row-actions">
                    {mayAs(entry.person === null ? 'administrator' : 'operator') && entry.inForce && (
                      <button type="button" class="small secondary outline" onClick={() => setAsked(entry)}>
                        Take back
                      </button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Card>
      )}
      {value !== null && value.total > value.entries.length && (
        <p class="quiet">
          The newest {value.entries.length} of {value.total}.
        </p>
      )}
      {asked && (
        <SayEntry
          {...{ title: `Take back: ${saidInWords(asked.said)}`, verb: 'Take it back', onClose: () => setAsked(null) }}
          {...(asked.person === null && { path: '/api/attendance/plan/reversals', example: 'the wrong file' })}
          said={() => ({ kind: 'reverse', entry: asked.id })}
          onDone={() => {
            setAsked(null);
            again();
          }}
        />
      )}
    </Page>
  );
}

function saidInWords(said: EntryTold['said']): string {
  switch (said.kind) {
    case 'add':
      return `${said.code.replace('-', ' ')} added at ${instant(said.at)}`;
    case 'void':
      return `punch ${said.punch} does not count`;
    case 'move':
      return `punch ${said.punch} was at ${instant(said.at)}`;
    case 'recode':
      return `punch ${said.punch} meant ${said.code.replace('-', ' ')}`;
    case 'leave':
      return `${said.leave}, ${said.paid ? 'paid' : 'unpaid'}, ${said.from} to ${said.to}`;
    case 'approve':
      return `${said.what.replace('-', ' ')} approved, ${said.day}`;
    case 'groups':
      return `in ${said.groups.join(', ') || 'no group'} from ${said.from} on`;
    case 'plan':
      return said.from === null ? 'a plan for every day' : `a plan for the days from ${said.from} on`;
    case 'reverse':
      return 'an entry taken back';
  }
}
