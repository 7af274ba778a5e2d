import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { stringify } from 'yaml';
import { bundledPeople } from '../src/demo/manifest.ts';
import { packageRoot } from '../src/runtime/package-root.ts';
import { limen } from './support/command-line.ts';
import { needs } from './support/require.ts';
import { freePort, startMosquitto, temporaryFolder } from './support/sync.ts';
import { TestSite } from './support/terminal.ts';
import { until } from './support/wait.ts';

/** The shipped pack under another name: its templates are nobody else's, as those of another network would be. */
function anotherPack(folder: string): string {
  cpSync(join(packageRoot(), 'models', 'faceapi'), folder, { recursive: true });
  const file = join(folder, 'pack.json');
  const text = readFileSync(file, 'utf8');
  writeFileSync(
    file,
    text.replaceAll('faceapi-dlib-faceres-int8/2', 'next/1').replaceAll('faceapi-dlib-int8/2', 'next-part/1'),
  );
  return folder;
}

test('a real terminal changes to nextPack by what comes over the broker, and never stops knowing people', async (t) => {
  if (!needs(t, 'mosquitto')) return;
  const port = await freePort();
  await startMosquitto(t, { port, folder: await temporaryFolder(t) });
  const site = new TestSite(await temporaryFolder(t));
  t.teardown(() => site.close());
  await site.startHub({ port });
  await site.enrol('p01', 'p06');
  const nextPack = anotherPack(join(site.folder, 'next'));
  const door = { driver: 'simulated', pulseMs: 300, longestPulseMs: 300 };
  const terminal = site.startTerminal({ recognition: { liveness: 'off', nextPack }, door });
  const models = () => site.events('verdict.granted').map(({ body }) => body.evidence.model);
  await until(() => models().includes('faceapi-dlib-faceres-int8/2'));

  const config = join(site.folder, 'hub.yaml');
  const broker = { url: `mqtt://127.0.0.1:${port}` };
  const [dataFolder, recognition] = [join(site.folder, 'hub'), { pack: nextPack }];
  writeFileSync(config, stringify({ site: 'test', dataFolder, broker, recognition }));
  const again = async (id: string) => {
    const person = bundledPeople().people.find((one) => one.id === id)!;
    const how = ['--again', '--config', config, '--name', person.name];
    const { exitCode, stderr } = await limen('people', 'add', id, ...person.pictures, ...how);
    t.is(exitCode, 0, stderr);
  };
  await again('p01');
  // Not everybody is known by the next pack: the one before goes on.
  await until(() => (site.events('gallery.updated').at(-1)?.body.version ?? 0) >= 3);
  t.deepEqual(site.events('gallery.embedder-ready'), []);
  await again('p06');
  t.is((await site.event('gallery.embedder-ready')).body.embedder, 'next/1');
  await until(() => models().includes('next/1'));
  t.is(terminal.exitCode, null);
  t.deepEqual(
    site.events('terminal.started').map(({ body }) => [body.embedder, body.people]),
    [
      ['faceapi-dlib-faceres-int8/2', 0],
      ['next/1', 2],
    ],
  );
  t.deepEqual(site.events('gallery.refused'), []);
});
