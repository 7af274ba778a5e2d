import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import test from 'ava';
import type { ImportProgress } from '../../src/console/answers/people.ts';
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
async function desk(t: import('ava').ExecutionContext, enrolled: readonly { readonly id: string }[] = []) {
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
  const hub = { people: async () => enrolled, person: async () => null } as unknown as Hub;
  const told: ImportProgress[] = [];
  const imports = await openImportDesk({ folder, hub, timers, onChange: (progress) => told.push(progress) });
  t.teardown(() => imports.close());
  const pass = (ms: number) => {
    nowMs += ms;
    for (const [run, atMs] of waits) {
      if (atMs > nowMs) continue;
      waits.delete(run);
      run();
    }
  };
  return { imports, folder, pass, waits, told };
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

test('thousands who are there already let everybody else of the hub go on, and are told of as numbers, seldom', async (t) => {
  const many = Array.from({ length: 2000 }, (_, i) => ({ id: `p${i}` }));
  const { imports, pass, told } = await desk(t, many);
  const { id } = await imports.begin(Buffer.from(`id,name\n${many.map(({ id }) => `${id},Somebody`).join('\n')}`));
  t.is(imports.current()?.state, 'collecting');
  let turns = 0;
  await imports.start(id, wish);
  while (imports.state(id).state === 'running') {
    await breathe();
    if (++turns === 50) pass(300);
  }
  t.true(turns > 100, `${turns} turns of everybody else`);
  t.deepEqual(
    told.map(({ state }) => state),
    ['running', 'running', 'over'],
  );
  t.true(told[1]!.counts.thereAlready > 0 && told[1]!.counts.thereAlready < 2000);
  t.deepEqual(told[2]!.counts, { enrolled: 0, thereAlready: 2000, failed: 0 });
  t.false('outcomes' in told[2]!);
  t.deepEqual(imports.current(), told[2]!, 'a page that is loaded again finds it');
  t.is(imports.state(id).outcomes.length, 2000);
  t.deepEqual(
    imports.state(id, 1998).outcomes.map((one) => one.id),
    ['p1998', 'p1999'],
  );
});
