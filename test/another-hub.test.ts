import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { limen } from './support/command-line.ts';
import { temporaryFolder } from './support/sync.ts';
import { TestSite } from './support/terminal.ts';
import { until } from './support/wait.ts';

test('a real terminal changes to another hub by --replace: what the former left is kept aside, and the new one is taken', async (t) => {
  t.timeout(180_000);
  const former = new TestSite(await temporaryFolder(t));
  const later = new TestSite(await temporaryFolder(t));
  t.teardown(() => Promise.all([former.close(), later.close()]));
  await former.startHub();
  await former.enrol('p01', 'p06');
  await former.hub!.hub.setRules({ holidays: {} });
  const door = { driver: 'simulated', pulseMs: 300, longestPulseMs: 300 };
  const run = () => former.startTerminal({ provisioning: undefined, door });
  const config = former.writeConfig({ provisioning: undefined, door });
  const bring = (file: string, ...more: string[]) => limen('provision', file, '--config', config, ...more);
  t.is((await bring(former.provisioning)).exitCode, 0);
  run();
  await former.event('access.rules-updated');
  await until(() => former.events('gallery.updated').some(({ body }) => body.version === 2));
  await former.event('door.unlocked');

  await later.startHub();
  await later.enrol('p01');
  t.regex((await bring(later.provisioning, '--replace')).stderr, /\[data-folder\.in-use\]/);
  await former.stopTerminals();
  await former.stopHub();
  const refused = await bring(later.provisioning);
  t.is(refused.exitCode, 78);
  t.regex(refused.stderr, /of another hub .*\[provisioning\.mismatch\]\nmend: .*--replace/);
  t.true(readdirSync(former.dataFolder).includes('gallery.json'));
  const replaced = await bring(later.provisioning, '--replace');
  t.is(replaced.exitCode, 0, replaced.stderr);
  const aside = readdirSync(former.dataFolder).find((name) => name.startsWith('former-hub-'))!;
  t.true(replaced.stdout.includes(aside));
  const kept = readdirSync(join(former.dataFolder, aside));
  for (const name of ['gallery.json', 'access-rules.sealed', 'gallery-age.json']) t.true(kept.includes(name), name);

  const since = former.events().length;
  run();
  const news = () => former.events().slice(since);
  await until(() =>
    news().some(({ kind, body }) => kind === 'gallery.updated' && 'people' in body && body.people === 1),
  );
  await until(() => news().some(({ kind }) => kind === 'door.unlocked'));
  t.is(news().filter(({ kind }) => kind === 'keys.hub-replaced').length, 1);
  t.deepEqual(former.events('gallery.refused'), []);
});
