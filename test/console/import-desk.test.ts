import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { type ImportDesk, openImportDesk } from '../../src/console/import-desk.ts';
import type { Timers } from '../../src/domain/timers.ts';
import type { Hub } from '../../src/hub/hub.ts';
import { temporaryFolders } from '../support/folders.ts';
import { until } from '../support/wait.ts';

const folderOf = temporaryFolders(test);
const list = Buffer.from('id,name\n1001,Ada\n');
const face = Buffer.from('a picture of somebody');
const minute = 60_000;
const wish = { groups: [], despiteDoubts: false, again: false };

/** A desk with a clock that the test sets; where its pictures lie, and how many waits are open. */
async function desk(t: import('ava').ExecutionContext) {
  const folder = join(folderOf(), 'imports');
  let nowMs = 0;
  const waits = new Map<() => void, number>();
  const timers: Timers = {
    after: (ms, run) => {
      waits.set(run, nowMs + ms);
      return () => void waits.delete(run);
    },
    random: () => 0,
  };
  const hub = { people: async () => [], person: async () => null } as unknown as Hub;
  const imports = await openImportDesk({ folder, hub, timers, onChange: () => {} });
  t.teardown(() => imports.close());
  const pass = (ms: number) => {
    nowMs += ms;
    for (const [run, atMs] of waits) {
      if (atMs > nowMs) continue;
      waits.delete(run);
      run();
    }
  };
  return { imports, folder, pass, waits };
}

const isForgotten = (imports: ImportDesk, id: string) => {
  try {
    imports.state(id);
    return false;
  } catch {
    return true;
  }
};

test('pictures of an import that nobody starts are gone twenty minutes after the last of them', async (t) => {
  const { imports, folder, pass } = await desk(t);
  const { id } = await imports.begin(list);
  await imports.picture(id, '1001.jpg', face);
  pass(19 * minute);
  await imports.picture(id, '1001-2.jpg', face);
  pass(19 * minute);
  t.deepEqual(readdirSync(folder).toSorted(), ['1001-2.jpg', '1001.jpg'], 'somebody is still at it');
  t.is(imports.state(id).pictures, 2);
  pass(minute);
  t.true(isForgotten(imports, id));
  await until(() => !existsSync(folder));
  const gone = { code: 'import.unknown' };
  await t.throwsAsync(imports.picture(id, '1001-3.jpg', face), gone);
  await t.throwsAsync(imports.start(id, wish), gone);
  t.false(existsSync(folder), 'and nothing comes back');
});

test('a list without a picture is forgotten as well; the next one begins with its own time', async (t) => {
  const { imports, folder, pass, waits } = await desk(t);
  const first = await imports.begin(list);
  pass(15 * minute);
  const second = await imports.begin(list);
  await imports.picture(second.id, '1001.jpg', face);
  pass(6 * minute);
  t.true(isForgotten(imports, first.id));
  t.false(isForgotten(imports, second.id), 'the time of the first one ended with it');
  t.deepEqual(readdirSync(folder), ['1001.jpg']);
  pass(14 * minute);
  t.true(isForgotten(imports, second.id));
  t.is(waits.size, 0);
  const third = await imports.begin(list);
  await imports.picture(third.id, '1001.jpg', face);
  t.deepEqual(readdirSync(folder), ['1001.jpg'], 'the removal of before takes nothing of it');
});

test('one that is stopped before it was started leaves no picture; one that was started has no time to keep', async (t) => {
  const { imports, folder, pass, waits } = await desk(t);
  const { id } = await imports.begin(list);
  await imports.picture(id, '1001.jpg', face);
  t.is(imports.stop(id).state, 'stopped');
  t.is(waits.size, 0);
  await until(() => !existsSync(folder));
  const next = await imports.begin(list);
  await imports.start(next.id, wish);
  t.is(waits.size, 0);
  await until(() => imports.state(next.id).state !== 'running');
  pass(60 * minute);
  t.false(isForgotten(imports, next.id), 'its report stays to be read');
  await until(() => !existsSync(folder));
});
