import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { sql } from 'kysely';
import { openHubStore } from '../../src/hub/hub-store.ts';
import { loadPack } from '../../src/vision/pack.ts';
import { limen } from '../support/command-line.ts';
import { HubProcess, hubConfig } from '../support/hub-process.ts';
import { needs } from '../support/require.ts';
import { startTerminal } from '../support/site.ts';
import { freePort, somebody, startMosquitto, temporaryFolder, until } from '../support/sync.ts';

test('limen hub resume, beside a hub that was restored and publishes nothing: whom to erase again, then everything', async (t) => {
  if (!needs(t, 'mosquitto')) return;
  t.timeout(280_000);
  const [port, folder] = [await freePort(), await temporaryFolder(t)];
  await startMosquitto(t, { port, folder });
  const { file, folder: home, keys } = await hubConfig(t, port);
  const [books, backup] = [join(home, 'hub', 'hub.db'), join(home, 'backup.db')];
  const { embedder } = await loadPack('faceapi');
  const person = (id: string) => {
    const [template] = somebody(id).templates;
    return { ...somebody(id), templates: [{ ...template!, model: embedder.id }] };
  };
  const store = await openHubStore(books);
  await keys.attach(store);
  await store.add(person('eve'));
  await store.add(person('bob'));
  const broker = {
    url: `mqtt://127.0.0.1:${port}`,
    protocol: '5',
    start: async () => {},
    stop: async () => {},
  } as const;
  const terminal = await startTerminal(t, { broker, keys });
  await sql`vacuum into ${backup}`.execute(store.db);
  await store.erase('bob');
  await store.add(person('carl'));
  await store.close();
  const before = await new HubProcess(t, 'before', file).ready();
  await until(() => terminal.replica.snapshot?.version === 4);
  await before.kill('SIGTERM');

  for (const rest of ['-wal', '-shm']) await rm(books + rest, { force: true });
  await copyFile(backup, books);
  const after = await new HubProcess(t, 'after', file).ready();
  await until(() => after.lines.some(({ code }) => code === 'gallery.rollback'));
  const refused = await limen('hub', 'resume', '--config', file);
  t.is(refused.exitCode, 65, refused.stderr);
  t.regex(refused.stderr, /Erased since the backup, and in these books again: bob\. \[gallery\.erased-since\]/);
  t.regex((await limen('doctor', '--config', file)).stdout, /limen hub resume/);
  await limen('people', 'erase', 'bob', '--wait', '1s', '--config', file);
  const resumed = await limen('hub', 'resume', '--config', file);
  t.is(resumed.exitCode, 0, resumed.stderr);
  t.regex(resumed.stdout, /go on with gallery version 1000007/);
  t.regex(resumed.stdout, /The broker has it/);
  t.regex(resumed.stdout, /enrol them again: carl/);
  await until(() => terminal.replica.snapshot?.version === 1_000_007);
  t.deepEqual(terminal.ids(), ['eve']);
  t.deepEqual(terminal.events.codes(), []);
});
