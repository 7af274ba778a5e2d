import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { stringify } from 'yaml';
import { openHubStore } from '../../src/hub/hub-store.ts';
import { packageRoot } from '../../src/runtime/package-root.ts';
import { holdsTemplate, limen, refuses } from '../support/command-line.ts';
import { temporaryFolders } from '../support/folders.ts';
import { TestSite } from '../support/terminal.ts';
import { until } from '../support/wait.ts';

const temporary = temporaryFolders(test);
let site: TestSite;
let door: string;
let hub: string;

/** A terminal with three people that keeps unknown visitors and has refused a stranger twice; and its hub. */
test.before(async () => {
  site = new TestSite(temporary());
  await site.startHub();
  await site.enrol('p01', 'p05', 'p06');
  const changes = {
    camera: {
      driver: 'replay',
      folder: join(packageRoot(), 'test/people/clips/walkup-s01-stranger'),
      fps: 10,
    },
    recognition: { liveness: 'off', decideWithinMs: 500 },
    visitors: { keepDays: 7 },
  };
  const terminal = site.startTerminal(changes);
  await until(() => site.events('verdict.denied').filter(({ body }) => body.reason === 'unknown').length >= 2);
  terminal.kill('SIGTERM');
  await terminal;
  await site.stopHub();
  door = site.writeConfig(changes);
  hub = join(site.folder, 'hub.yaml');
  writeFileSync(
    hub,
    stringify({ site: 'test', dataFolder: join(site.folder, 'hub'), broker: { url: 'mqtt://127.0.0.1:1' } }),
  );
});
test.after.always(() => site?.close());

test.serial('show lists the people of a terminal, people list those of a hub', async (t) => {
  const { exitCode, stdout, stderr } = await limen('gallery', 'show', '--config', door);
  t.is(exitCode, 0, stderr);
  t.regex(stdout, /^Gallery version \d+ of 3 people, 9 templates by \S+\.$/m);
  t.regex(stdout, /^p05 /m);
  const json = JSON.parse((await limen('gallery', 'show', '--config', door, '--json')).stdout);
  t.like(json, { templates: 9, recoveredFrom: null });
  t.false(holdsTemplate(json));
  refuses(t, await limen('gallery', 'show', '--config', hub), 78, 'config.invalid');
  const enrolled = JSON.parse((await limen('people', 'list', '--config', hub, '--json')).stdout);
  t.is(enrolled.length, 3);
  t.false(holdsTemplate(enrolled));
});

test.serial('risk says it in words first, on a terminal and on a hub', async (t) => {
  for (const config of [door, hub]) {
    const { exitCode, stdout, stderr } = await limen('gallery', 'risk', '--config', config);
    t.is(exitCode, 0, stderr);
    t.regex(stdout, /^3 people, 9 templates\.$/m);
    t.regex(stdout, /^Strangers .* with 95 % confidence\.$/m);
    t.regex(stdout, /^Your people .* of their own pictures would be refused\.$/m);
    t.true(stdout.indexOf('Strangers') < stdout.indexOf('The numbers'));
    t.regex(stdout, /10 times the people/);
  }
});

test.serial('risk --json is one document with every figure and no template', async (t) => {
  const { exitCode, stdout, stderr } = await limen('gallery', 'risk', '--config', door, '--json');
  t.is(exitCode, 0, stderr);
  const risk = JSON.parse(stdout);
  t.like(risk, { people: 3, templates: 9, supported: true, shortfall: null, unjudged: [] });
  t.is(risk.fnir.trials, 9);
  t.true(risk.expectedFpir <= risk.fpirBound && risk.fpirBound <= 0.001 * (1 + 1e-9));
  t.true(risk.confusable.every(({ nameA }: { nameA: string }) => nameA.length > 0));
  t.false(holdsTemplate(risk));
});

test.serial('a target that the data cannot support: everything is printed, then 78 and the mends', async (t) => {
  const { exitCode, stdout, stderr } = await limen(
    'gallery',
    'risk',
    '--config',
    door,
    '--target-fpir',
    '0.000001',
    '--json',
  );
  t.is(exitCode, 78);
  t.is(JSON.parse(stdout).shortfall.code, 'calibration.unsupported');
  t.regex(stderr, /\[calibration\.unsupported\]\nmend: {2}.*card.*limen models add/);
  refuses(t, await limen('gallery', 'risk', '--config', door, '--target-fpir', '2'), 64, 'usage.invalid');
});

test.serial('similar compares everybody with everybody at a stated rate', async (t) => {
  const none = await limen('gallery', 'similar', '--config', door, '--chance', '0.0001');
  t.is(none.exitCode, 0, none.stderr);
  t.regex(none.stdout, /^No two of 3 people are as alike as 1 in 10,000 pairs of strangers\.$/m);
  const { stdout } = await limen('gallery', 'similar', '--config', hub, '--chance', '0.9', '--json');
  const { pairs, expectedByChance } = JSON.parse(stdout);
  t.true(pairs.length >= 1);
  t.true(Math.abs(expectedByChance - 2.7) < 1e-9);
  refuses(t, await limen('gallery', 'similar', '--config', door, '--chance', 'often'), 64, 'usage.invalid');
});

test.serial('representative names the picture on the hub, and its number on a terminal', async (t) => {
  const onHub = await limen('gallery', 'representative', '--config', hub);
  t.is(onHub.exitCode, 0, onHub.stderr);
  t.regex(onHub.stdout, /^p05 .* 3 +enrol-\d\.jpg$/m);
  t.regex(onHub.stdout, /Everybody's pictures go together\./);
  const { stdout } = await limen('gallery', 'representative', '--config', door);
  t.regex(stdout, /^p05 .* 3 +template \d$/m);
});

test.serial('clusters finds a stranger who came twice, and forget-visitors forgets', async (t) => {
  const { exitCode, stdout, stderr } = await limen('gallery', 'clusters', '--config', door, '--json');
  t.is(exitCode, 0, stderr);
  const found = JSON.parse(stdout);
  t.like(found, { split: [], mixed: [] });
  t.is(found.visitors.recurring.length, 1);
  t.true(found.visitors.recurring[0].tries >= 2);
  t.false(holdsTemplate(found));
  t.regex((await limen('gallery', 'clusters', '--config', door)).stdout, /^ {2}unknown 1 {2}came once, \d+ tries/m);

  t.regex(
    (await limen('gallery', 'forget-visitors', '--config', door)).stdout,
    /^Forgot \d+ visits of unknown people\.$/m,
  );
  const after = JSON.parse((await limen('gallery', 'clusters', '--config', door, '--json')).stdout);
  t.deepEqual([after.visitors.recurring, after.visitors.single], [[], 0]);
  refuses(t, await limen('gallery', 'forget-visitors', '--config', hub), 64, 'usage.invalid');
});

test.serial('one face under two names is found on the hub, by the names of the pictures', async (t) => {
  const store = await openHubStore(join(site.folder, 'hub', 'hub.db'));
  const p05 = await store.person('p05');
  await store.add({ ...p05!, id: 'p05-again', name: 'Second Badge', pictureNames: ['a.jpg', 'b.jpg', 'c.jpg'] });
  await store.close();
  const { stdout } = await limen('gallery', 'clusters', '--config', hub);
  t.regex(stdout, /One face, 2 names: .*\(p05\), Second Badge \(p05-again\)/);
  t.regex(stdout, /p05-again: a\.jpg/);
  const similar = await limen('gallery', 'similar', '--config', hub);
  t.regex(similar.stdout, /p05.*Second Badge \(p05-again\).*can be taken for each other/);
});

test.serial('a terminal that keeps no visitors any more removes what it had', async (t) => {
  const file = join(site.dataFolder, 'visitors.db');
  t.true(existsSync(file));
  const terminal = site.startTerminal({ recognition: { liveness: 'off' } });
  await until(() => !existsSync(file));
  terminal.kill('SIGTERM');
  await terminal;
  t.regex((await limen('gallery', 'clusters', '--config', site.writeConfig())).stdout, /None are kept/);
});

test.serial('a hub without books and one without people are said to be empty', async (t) => {
  const folder = temporary();
  const config = join(folder, 'hub.yaml');
  writeFileSync(config, stringify({ site: 'test', dataFolder: 'data', broker: { url: 'mqtt://127.0.0.1:1' } }));
  refuses(t, await limen('gallery', 'risk', '--config', config), 65, 'gallery.empty');
  t.false(existsSync(join(folder, 'data')));
});
