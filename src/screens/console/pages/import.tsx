import { useEffect, useState } from 'preact/hooks';
import type { ImportBegun, ImportProgress, ImportState } from '../../../console/answers/people.ts';
import { isEnded, showImport } from '../import-shown.ts';
import { useDoing, valuesOf } from '../parts/doing.tsx';
import { type Dropped, DropZone } from '../parts/drop-zone.tsx';
import { Icon } from '../parts/icon.tsx';
import { sendAll, textOf } from '../parts/import-files.ts';
import { ImportReport } from '../parts/import-report.tsx';
import { Card, Page } from '../parts/page.tsx';
import { listOf } from '../parts/person-fields.tsx';
import { pictureTypes } from '../parts/pictures.ts';
import { Problem } from '../parts/problem.tsx';
import { ask } from '../server.ts';
import { importing, notice } from '../state.ts';

/** Enrol many people: a list, and their pictures. */
export function Import() {
  const [list, setList] = useState<Dropped | null>(null);
  const [pictures, setPictures] = useState<readonly Dropped[]>([]);
  const [sent, setSent] = useState<number | null>(null);
  const shown = importing.value;
  const last = useLastImport(shown === null);
  const take = (files: readonly Dropped[]) => {
    const isList = ({ name }: Dropped) => /\.(csv|tsv|txt)$/i.test(name);
    const found = files.find(isList);
    if (found) setList(found);
    setPictures([...pictures, ...files.filter(({ name }) => /\.(jpe?g|png|webp)$/i.test(name))]);
  };
  const starting = useDoing(async (form: HTMLFormElement) => {
    if (list === null) throw new Error('There is no list yet: a CSV file with the columns id and name.');
    const { groups, despiteDoubts, again } = valuesOf(form);
    const begun = await ask<ImportBegun>('/api/imports', { method: 'POST', body: { list: await textOf(list.file) } });
    const leftOut = await sendAll(begun, pictures, setSent);
    setSent(null);
    if (leftOut.length > 0) {
      const says = `Pictures of nobody on the list, which were not sent: ${leftOut.length}.`;
      notice.value = { tone: 'warn', says, more: [leftOut.slice(0, 12).join(', ')], at: '/people/import' };
    }
    const body = { groups: listOf(groups), despiteDoubts: despiteDoubts === 'on', again: again === 'on' };
    showImport(await ask<ImportState>(`/api/imports/${begun.id}/start`, { method: 'POST', body }));
  });
  if (shown !== null) return <ImportReport key={shown.id} of={shown} />;
  return (
    <Page
      title="Import many"
      says="A list as CSV, and a picture or more of everybody on it."
      back={{ href: '/people', to: 'People' }}
    >
      {last && (
        <div class="notice">
          <Icon name="people" />
          <div>
            <strong>
              The import before: {last.counts.enrolled} of {last.total} enrolled, {last.counts.failed} could not be.
            </strong>
            <button type="button" class="small secondary outline" onClick={() => showImport(last)}>
              Its report
            </button>
          </div>
        </div>
      )}
      <form
        class="enrol"
        onSubmit={(event) => {
          event.preventDefault();
          void starting.run(event.currentTarget);
        }}
      >
        <Card title="Files">
          <div class="stack">
            <DropZone
              {...{
                title: 'Drop the list and the pictures here',
                says: 'folders too, or choose files',
                label: 'List and pictures',
              }}
              accept={['.csv', '.tsv', ...pictureTypes].join(',')}
              onFiles={take}
            />
            <p>
              {list ? <strong>{list.name}</strong> : <span class="quiet">No list yet</span>}
              {' · '}
              {pictures.length} {pictures.length === 1 ? 'picture' : 'pictures'}
              {(list || pictures.length > 0) && (
                <button
                  type="button"
                  class="small secondary outline"
                  onClick={() => {
                    setList(null);
                    setPictures([]);
                  }}
                >
                  Begin anew
                </button>
              )}
            </p>
            {sent !== null && <progress value={sent} max={pictures.length} aria-label="Pictures sent" />}
          </div>
        </Card>
        <Card title="How">
          <div class="stack">
            <p>
              The first line of the list names its columns:{' '}
              <code>id,name,groups,validFrom,validUntil,cards,pin,face</code>. Lists within a cell are parted by{' '}
              <code>|</code>. Pictures are called <code>1001.jpg</code>, <code>1001-2.jpg</code>, or lie in a folder{' '}
              <code>1001</code>. Who declined a face has <code>no</code> in the column <code>face</code>, a card or a
              PIN, and no picture.
            </p>
            <label>
              Groups of everybody for whom the list says none
              <input name="groups" maxLength={500} placeholder="staff" />
            </label>
            <label>
              <input type="checkbox" name="again" /> New templates for who is enrolled already
            </label>
            <label>
              <input type="checkbox" name="despiteDoubts" /> Enrol although somebody looks alike
            </label>
            <Problem of={starting.error} />
            <footer>
              <button type="submit" disabled={list === null} aria-busy={starting.busy}>
                Enrol them
              </button>
            </footer>
          </div>
        </Card>
      </form>
    </Page>
  );
}

/** One that runs is shown at once: whoever loaded the page again had it before them, and there is no other beside it. */
function useLastImport(isWanted: boolean): ImportProgress | null {
  const [last, setLast] = useState<ImportProgress | null>(null);
  useEffect(() => {
    if (!isWanted) return;
    const gone = new AbortController();
    ask<{ import: ImportProgress | null }>('/api/imports', { signal: gone.signal }).then(
      ({ import: now }) => {
        if (now?.state === 'running') showImport(now);
        else setLast(now !== null && isEnded(now) ? now : null);
      },
      // Whoever starts one is told.
      () => {},
    );
    return () => gone.abort();
  }, [isWanted]);
  return last;
}
