import { useEffect, useState } from 'preact/hooks';
import type { AuditListed } from '../../../console/answers/accounts.ts';
import { useDoing } from '../parts/doing.tsx';
import { Card, Empty, Page, Waiting } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';
import { instant } from '../parts/time.tsx';
import { placeWords } from '../place-words.ts';
import { ask } from '../server.ts';

const pageSize = 100;

/** Who changed what. */
export function AuditPage() {
  const [entries, setEntries] = useState<readonly AuditListed[] | null>(null);
  const [isAll, setAll] = useState(false);
  const loading = useDoing(async () => {
    const last = entries?.at(-1)?.id;
    const page = await ask<{ entries: AuditListed[] }>(`/api/audit${last ? `?before=${last}` : ''}`);
    setEntries([...(entries ?? []), ...page.entries]);
    setAll(page.entries.length < pageSize);
  });
  useEffect(() => void loading.run(), []);
  return (
    <Page title="Changes" says={placeWords().changes}>
      <Problem of={loading.error} />
      {entries === null && !loading.error && <Waiting />}
      {entries?.length === 0 && <Empty icon="audit" title="Nothing was changed yet" />}
      {entries !== null && entries.length > 0 && <Entries of={entries} />}
      {entries !== null && !isAll && entries.length > 0 && (
        <button type="button" class="secondary outline" aria-busy={loading.busy} onClick={() => loading.run()}>
          Older ones
        </button>
      )}
    </Page>
  );
}

function Entries({ of }: { readonly of: readonly AuditListed[] }) {
  return (
    <Card class="flush">
      <table class="rows">
        <thead>
          <tr>
            <th>When</th>
            <th>Who</th>
            <th>What</th>
            <th>To whom or what</th>
            <th>More</th>
          </tr>
        </thead>
        <tbody>
          {of.map(({ id, at, account, action, target, detail = {} }) => (
            <tr key={id}>
              <td class="nowrap">{instant(at)}</td>
              <td>{account || <span class="quiet">nobody</span>}</td>
              <td>{action.replace('.', ' ').replaceAll('-', ' ')}</td>
              <td>{target ?? '–'}</td>
              <td class="quiet">{textOf(detail)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}

function textOf(detail: Readonly<Record<string, unknown>>): string {
  return Object.entries(detail)
    .filter(([, value]) => value !== false)
    .map(([name, value]) => `${name}: ${Array.isArray(value) ? value.join('; ') : String(value)}`)
    .join(', ');
}
