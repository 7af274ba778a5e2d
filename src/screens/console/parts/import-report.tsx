import type { ImportState } from '../../../console/answers/people.ts';
import { isEnded, knownOf, takeReport } from '../import-shown.ts';
import { ask } from '../server.ts';
import { importing } from '../state.ts';
import { useDoing } from './doing.tsx';
import { Icon } from './icon.tsx';
import { Badge, Card, Empty, Page } from './page.tsx';
import { Problem } from './problem.tsx';
import { useReport } from './use-report.ts';

const words = {
  collecting: 'beginning',
  running: 'running',
  over: 'over',
  stopped: 'stopped',
  failed: 'failed',
} as const;

/** A page of thousands of lines is slow, and read by nobody. */
const mostShown = 500;

/** How far an import is, and what became of everybody. */
export function ImportReport({ of }: { readonly of: ImportState }) {
  const stopping = useDoing(async () => {
    takeReport(await ask<ImportState>(`/api/imports/${of.id}`, { method: 'DELETE' }), 0);
  });
  const error = useReport(of);
  const { counts } = of;
  const known = knownOf(of);
  const isRunning = !isEnded(of);
  return (
    <Page
      title="Import many"
      says={`${known} of ${of.total}: ${words[of.state]}.`}
      back={{ href: '/people', to: 'People' }}
      actions={
        isRunning ? (
          <button type="button" class="danger outline" aria-busy={stopping.busy} onClick={() => stopping.run()}>
            Stop
          </button>
        ) : (
          <>
            <button
              type="button"
              class="secondary outline"
              disabled={of.outcomes.length < known}
              onClick={() => save(of)}
            >
              <Icon name="download" /> Report
            </button>
            <button
              type="button"
              onClick={() => {
                importing.value = null;
              }}
            >
              Another import
            </button>
          </>
        )
      }
    >
      <Problem of={of.problem ?? stopping.error ?? error} />
      <progress value={known} max={Math.max(1, of.total)} aria-label="People enrolled" />
      <ul class="tiles">
        <li class="tile good">
          <strong>{counts.enrolled}</strong>
          <span>enrolled</span>
        </li>
        <li class="tile plain">
          <strong>{counts.thereAlready}</strong>
          <span>were there already</span>
        </li>
        <li class={`tile ${counts.failed > 0 ? 'bad' : 'plain'}`}>
          <strong>{counts.failed}</strong>
          <span>could not be enrolled</span>
        </li>
      </ul>
      {of.leftOver.length > 0 && !isRunning && (
        <div class="notice warn">
          <Icon name="warn" />
          <div>
            <strong>Pictures of nobody on the list: {of.leftOver.length}.</strong>
            <p>{of.leftOver.slice(0, 12).join(', ')}</p>
          </div>
        </div>
      )}
      <Outcomes of={of} />
    </Page>
  );
}

function Outcomes({ of }: { readonly of: ImportState }) {
  const toLookAt = of.outcomes.filter(({ outcome, says }) => outcome === 'failed' || says.length > 0);
  if (toLookAt.length === 0) return isEnded(of) ? <Empty icon="check" title="Nothing needs a look" /> : null;
  return (
    <Card title="To be looked at" class="flush titled">
      <table class="rows">
        <thead>
          <tr>
            <th>Line</th>
            <th>Who</th>
            <th>Outcome</th>
            <th>Why</th>
          </tr>
        </thead>
        <tbody>
          {toLookAt.slice(0, mostShown).map(({ line, id, name, outcome, says, mend }) => (
            <tr key={`${line} ${id}`}>
              <td>{line}</td>
              <td>
                {name} <span class="quiet">{id}</span>
              </td>
              <td>
                <Badge tone={outcome === 'failed' ? 'bad' : 'warn'}>{outcome}</Badge>
              </td>
              <td>
                {says.join(' ')} <span class="quiet">{mend}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {toLookAt.length > mostShown && (
        <p class="quiet">{toLookAt.length - mostShown} more are in the report: download it.</p>
      )}
    </Card>
  );
}

function save({ outcomes }: ImportState): void {
  // A cell that begins like a formula must not become one in a spreadsheet.
  const cell = (value: unknown) =>
    `"${String(value ?? '')
      .replace(/^(?=[=+\-@])/, "'")
      .replaceAll('"', '""')}"`;
  const rows = outcomes.map(({ line, id, name, outcome, says, mend }) => [
    line,
    id,
    name,
    outcome,
    says.join(' '),
    mend,
  ]);
  const text = [['line', 'id', 'name', 'outcome', 'why', 'mend'], ...rows]
    .map((row) => row.map(cell).join(','))
    .join('\r\n');
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([`\ufeff${text}\r\n`], { type: 'text/csv' }));
  link.download = 'import.csv';
  link.click();
  URL.revokeObjectURL(link.href);
}
