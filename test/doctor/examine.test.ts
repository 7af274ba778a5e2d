import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { stringify } from 'yaml';
import { examine } from '../../src/doctor/examine.ts';
import type { Finding } from '../../src/doctor/finding.ts';
import { startEmbeddedBroker } from '../../src/hub/embedded-broker.ts';
import { createHubKeys } from '../../src/hub/hub-key-file.ts';
import { openHubStore } from '../../src/hub/hub-store.ts';
import { hubKeyFile } from '../../src/hub-folder.ts';
import { openDataFolder } from '../../src/runtime/data-folder.ts';
import { limen } from '../support/command-line.ts';
import { temporaryFolders } from '../support/folders.ts';
import { writeProvisioning } from '../support/keys.ts';
import { peopleFolder } from '../support/people.ts';

const folder = temporaryFolders(test);

/** A site on disk that has never run: a hub with its keys, and a terminal that has them. */
async function siteOnDisk(changes: Record<string, unknown> = {}) {
  const root = folder();
  const keys = hubKeyFile(join(root, 'hub'));
  await createHubKeys(keys);
  const provisioning = join(root, 'front-door.limen');
  await writeProvisioning({ site: 'test', terminal: 'front-door', hubKeys: keys, out: provisioning });
  const hub = join(root, 'hub.yaml');
  const broker = { url: 'mqtt://127.0.0.1', embedded: { port: 0 } };
  writeFileSync(hub, stringify({ site: 'test', dataFolder: 'hub', broker }));
  const terminal = join(root, 'terminal.yaml');
  const config = {
    ...{ site: 'test', terminal: 'front-door', dataFolder: 'data' },
    camera: { driver: 'replay', folder: join(peopleFolder, 'clips/walkup-p01-blink') },
    recognition: { liveness: 'off' },
    door: { driver: 'simulated' },
    provisioning,
    ...changes,
  };
  writeFileSync(terminal, stringify(config));
  return { root, hub, terminal, provisioning, dataFolder: join(root, 'data') };
}

function about(findings: readonly Finding[], what: string): Finding[] {
  return findings.filter((finding) => finding.about === what);
}

test('a terminal that has never run is in order, and looking at it leaves nothing behind', async (t) => {
  const { terminal, root, dataFolder } = await siteOnDisk();
  const before = readdirSync(root);
  const findings = await examine(terminal);
  t.deepEqual(
    findings.filter(({ level }) => level === 'fail'),
    [],
  );
  t.regex(about(findings, 'data')[0]!.says, /will be made at the first start/);
  t.deepEqual(readdirSync(root), before);

  // A file that root left there would be one that the daemon cannot open.
  mkdirSync(dataFolder, { mode: 0o700 });
  const again = await examine(terminal);
  t.is(about(again, 'data')[0]?.level, 'ok');
  t.deepEqual(readdirSync(dataFolder), []);
});

test('a running daemon is no fault', async (t) => {
  const { terminal, dataFolder } = await siteOnDisk();
  const held = openDataFolder(dataFolder);
  t.teardown(() => held.close());
  const [data] = about(await examine(terminal), 'data');
  t.is(data?.level, 'ok');
  t.regex(data?.says ?? '', new RegExp(`a daemon runs: .* in use by process ${process.pid}\\.`));
});

test('a data folder that everyone may write to, or that is a file, fails', async (t) => {
  const { terminal, dataFolder } = await siteOnDisk();
  mkdirSync(dataFolder);
  chmodSync(dataFolder, 0o777);
  t.like(about(await examine(terminal), 'data')[0], { level: 'fail', mend: `Run: chmod 700 ${dataFolder}` });
  const other = await siteOnDisk();
  writeFileSync(other.dataFolder, '');
  t.is(about(await examine(other.terminal), 'data')[0]?.level, 'fail');
});

test('the broker is tried the way limen uses it', async (t) => {
  const running = await startEmbeddedBroker();
  t.teardown(() => running.close());
  const there = await siteOnDisk({ broker: { url: running.url } });
  t.is(about(await examine(there.terminal), 'broker')[0]?.level, 'ok');

  const stopped = await startEmbeddedBroker();
  await stopped.close();
  const gone = await siteOnDisk({ broker: { url: stopped.url } });
  const [away] = about(await examine(gone.terminal), 'broker');
  t.is(away?.level, 'warn');
  t.regex(away?.says ?? '', /ECONNREFUSED/);

  const unable = await siteOnDisk({ broker: { url: running.url, username: 'front', passwordFile: 'no-such-file' } });
  t.like(about(await examine(unable.terminal), 'broker')[0], { level: 'fail', code: 'key.missing' });
});

test('a camera that the terminal needs and that is not there fails', async (t) => {
  const nothing = await siteOnDisk({ camera: { driver: 'replay', folder: folder() } });
  t.true(about(await examine(nothing.terminal), 'camera').some(({ level }) => level === 'fail'));
  const gone = await siteOnDisk({ camera: { driver: 'v4l2', device: '/dev/video9999' } });
  const findings = about(await examine(gone.terminal), 'camera');
  t.true(findings.some(({ level, says }) => level === 'fail' && says.includes('/dev/video9999')));
});

test('liveness is warned about where it is off, and where no network judges it', async (t) => {
  const { terminal: required } = await siteOnDisk({ recognition: { liveness: 'required' } });
  t.regex(about(await examine(required), 'liveness')[0]!.says, /surroundings/);
  const { terminal: off } = await siteOnDisk({ recognition: { liveness: 'off' } });
  t.regex(about(await examine(off), 'liveness')[0]!.says, /photograph/);
});

test('a hub is checked as a hub: its keys, its books, its broker', async (t) => {
  const { hub, root } = await siteOnDisk();
  const findings = await examine(hub);
  t.deepEqual(
    findings.filter(({ level }) => level === 'fail'),
    [],
  );
  t.regex(about(findings, 'config')[0]!.says, /hub of site test$/);
  t.is(about(findings, 'books')[0]?.level, 'warn');
  t.false(existsSync(join(root, 'hub', 'hub.db')));

  const keyless = folder();
  cpSync(hub, join(keyless, 'hub.yaml'));
  t.like(about(await examine(join(keyless, 'hub.yaml')), 'keys')[0], { level: 'fail', code: 'key.missing' });
});

test('people of another pack are why a hub would not start, and liveness is nothing to a hub', async (t) => {
  const { hub, root } = await siteOnDisk();
  const store = await openHubStore(join(root, 'hub', 'hub.db'));
  const template = { model: 'another/1', data: new Int8Array(8).fill(1), scale: 1 };
  await store.add({ id: '7', name: 'Ada', groups: [], validFrom: null, validUntil: null, templates: [template] });
  await store.close();
  const findings = await examine(hub);
  t.like(about(findings, 'books')[0], { level: 'fail' });
  t.regex(about(findings, 'books')[0]!.says, /^1 of 1 people/);
  t.deepEqual(about(findings, 'liveness'), []);
});

test('the exit code says whether the configuration is at fault, or the machine', async (t) => {
  const sound = await siteOnDisk();
  const well = await limen('doctor', '--config', sound.terminal);
  t.is(well.exitCode, 0, well.stdout);

  chmodSync(sound.provisioning, 0o644);
  const exposed = await limen('doctor', '--config', sound.terminal);
  t.is(exposed.exitCode, 78);
  t.regex(exposed.stdout, /✘ keys .*can be read by other users/);
  t.regex(exposed.stdout, /mend: chmod 600 /);

  const blind = await siteOnDisk({ camera: { driver: 'v4l2', device: '/dev/video9999' } });
  const { exitCode, stdout } = await limen('doctor', '--json', '--config', blind.terminal);
  t.is(exitCode, 69);
  t.true((JSON.parse(stdout) as Finding[]).some(({ level }) => level === 'fail'));
});
