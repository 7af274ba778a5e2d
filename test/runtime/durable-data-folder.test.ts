import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { LimenError } from '../../src/domain/errors.ts';
import { openDataFolder } from '../../src/runtime/data-folder.ts';
import { siblingModule } from '../../src/runtime/package-root.ts';
import { temporaryFolders } from '../support/folders.ts';

const folder = temporaryFolders(test);
const start = (name: string, path: string) =>
  spawn(process.execPath, [siblingModule(import.meta.url, `./children/${name}`).pathname, path], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });

test('a data folder is made for its owner only, parents included', (t) => {
  const path = join(folder(), 'var', 'limen');
  const data = openDataFolder(path);
  t.is(statSync(path).mode & 0o777, 0o700);
  t.is(data.file('journal.db'), join(path, 'journal.db'));
  data.close();
});

test('a second daemon on the same folder is refused and told who has it', async (t) => {
  const path = folder();
  const holder = start('holding', path);
  t.teardown(() => void holder.kill('SIGKILL'));
  await once(holder.stdout, 'data');
  const error = t.throws(() => openDataFolder(path), { instanceOf: LimenError });
  t.is(error.code, 'data-folder.in-use');
  t.true(error.message.includes(`process ${holder.pid}`), error.message);
  t.truthy(error.hint);
});

test('a holder that is killed leaves nothing locked', async (t) => {
  const path = folder();
  const holder = start('holding', path);
  await once(holder.stdout, 'data');
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  t.true(existsSync(join(path, 'daemon.pid')), 'the stale pid file is there and proves nothing');
  const data = openDataFolder(path);
  t.throws(() => openDataFolder(path), { code: 'data-folder.in-use' });
  data.close();
});

test('closing frees the folder, once and for the next one', (t) => {
  const path = folder();
  const first = openDataFolder(path);
  first.close();
  const second = openDataFolder(path);
  first.close();
  t.throws(() => openDataFolder(path), { code: 'data-folder.in-use', message: new RegExp(`process ${process.pid}`) });
  second.close();
});

test('of several that start at once, exactly one gets it', async (t) => {
  const path = folder();
  const children = Array.from({ length: 5 }, () => start('racing', path));
  t.teardown(() => {
    for (const child of children) child.kill('SIGKILL');
  });
  const outcomes = await Promise.all(
    children.map(async (child) => String((await once(child.stdout, 'data'))[0]).trim()),
  );
  t.deepEqual(outcomes.sort(), [...Array(4).fill('data-folder.in-use'), 'held']);
});

test('a folder that everyone may write into is refused', (t) => {
  const path = folder();
  chmodSync(path, 0o777);
  t.is(t.throws(() => openDataFolder(path), { instanceOf: LimenError }).code, 'config.secret-exposed');
});

test('a folder that cannot be made says so', (t) => {
  const file = join(folder(), 'a-file');
  writeFileSync(file, '');
  const error = t.throws(() => openDataFolder(join(file, 'limen')), { instanceOf: LimenError });
  t.is(error.code, 'file.unwritable');
});
