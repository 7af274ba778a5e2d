import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import test from 'ava';
import { packageRoot } from '../../src/runtime/package-root.ts';
import { holdsTemplate, limen, refuses } from '../support/command-line.ts';
import { temporaryFolders } from '../support/folders.ts';
import { TestSite } from '../support/terminal.ts';

const folder = temporaryFolders(test);
let site: TestSite;
let config: string;

/** A terminal that has taken over a gallery of two people and was stopped; its books stay. */
test.before(async () => {
  site = new TestSite(folder());
  await site.startHub();
  await site.enrol('p01', 'p05');
  const still = { camera: { driver: 'replay', folder: site.folder } };
  const terminal = site.startTerminal(still);
  await site.event('gallery.updated');
  terminal.kill('SIGTERM');
  await terminal;
  config = site.writeConfig(still);
});
test.after.always(() => site?.close());

test.serial('journal show prints the newest events, oldest first, one line each', async (t) => {
  const { exitCode, stdout, stderr } = await limen('journal', 'show', '--config', config);
  t.is(exitCode, 0, stderr);
  const lines = stdout.split('\n');
  t.is(lines.length, site.events().length);
  t.regex(lines[0]!, /^#1 \S+ terminal\.started \{/);
  t.regex(lines.at(-1)!, /terminal\.stopped/);
});

test.serial('journal show --json is one document; --limit and --kind choose from it', async (t) => {
  const last = await limen('journal', 'show', '--config', config, '--json', '--limit', '1');
  const [event, ...more] = JSON.parse(last.stdout);
  t.is(event.kind, 'terminal.stopped');
  t.deepEqual(more, []);
  const kind = await limen('journal', 'show', '--config', config, '--json', '--kind', 'gallery.updated');
  t.is(JSON.parse(kind.stdout)[0].body.version, 2);
  t.false(holdsTemplate(JSON.parse(kind.stdout)));
  refuses(t, await limen('journal', 'show', '--config', config, '--limit', 'all'), 64, 'usage.invalid');
});

test.serial('gallery show names the people and never prints a template', async (t) => {
  const { exitCode, stdout, stderr } = await limen('gallery', 'show', '--config', config, '--json');
  t.is(exitCode, 0, stderr);
  const gallery = JSON.parse(stdout);
  t.deepEqual(gallery.people.map(({ id }: { id: string }) => id).sort(), ['p01', 'p05']);
  t.is(gallery.version, 2);
  t.false(holdsTemplate(gallery));
  const words = await limen('gallery', 'show', '--config', config);
  t.regex(words.stdout, /^Gallery version 2 of 2 people, 6 templates by /);
});

test.serial('gallery threshold says how near is near enough, and on what basis', async (t) => {
  const { exitCode, stdout, stderr } = await limen('gallery', 'threshold', '--config', config, '--json');
  t.is(exitCode, 0, stderr);
  const { threshold, predictedFpir, targetFpir, basis, people } = JSON.parse(stdout);
  t.true(threshold > 0 && threshold < 1);
  t.true(predictedFpir <= targetFpir);
  t.is(people, 2);
  const words = await limen('gallery', 'threshold', '--config', config);
  t.true(words.stdout.includes(threshold.toFixed(4)) && words.stdout.includes(basis));
});

test.serial('inspect --config names the nearest person, and a stranger is beyond the threshold', async (t) => {
  const picture = (name: string) => join(packageRoot(), 'test/people', name);
  const pictures = [picture('people/p01/probe-1.jpg'), picture('strangers/s01/probe-1.jpg')];
  const { exitCode, stdout, stderr } = await limen('inspect', '--config', config, '--json', ...pictures);
  t.is(exitCode, 0, stderr);
  const [known, stranger] = JSON.parse(stdout);
  t.is(known.faces[0].people.nearest.personId, 'p01');
  t.true(known.faces[0].people.within);
  t.false(stranger.faces[0].people.within);
  t.false(holdsTemplate([known, stranger]));
});

test.serial('journal verify proves the chain, and finds the event somebody changed', async (t) => {
  const whole = await limen('journal', 'verify', '--config', config);
  t.is(whole.exitCode, 0, whole.stderr);
  t.is(whole.stdout, `${site.events().length} events, 1 to ${site.events().length}: the chain is whole.`);

  const db = new DatabaseSync(join(site.dataFolder, 'journal.db'));
  db.exec(`UPDATE event SET at = '2030-01-01T00:00:00.000Z' WHERE seq = 2`);
  db.close();
  const broken = await limen('journal', 'verify', '--config', config);
  refuses(t, broken, 65, 'journal.broken-chain');
  t.regex(broken.stderr, /Event 2 /);
  const json = await limen('journal', 'verify', '--config', config, '--json');
  t.is(json.exitCode, 65);
  t.is(JSON.parse(json.stdout).brokenAt, 2);
});

test.serial(
  'a terminal that never ran has neither journal nor gallery, and looking for them makes nothing',
  async (t) => {
    const fresh = new TestSite(folder());
    const file = fresh.writeConfig({ broker: { url: 'mqtt://127.0.0.1:1' } });
    // As the installation leaves it: the folder is there, and whoever looks into it may be root.
    mkdirSync(fresh.dataFolder);
    refuses(t, await limen('journal', 'show', '--config', file), 66, 'file.unreadable');
    refuses(t, await limen('gallery', 'show', '--config', file), 65, 'gallery.empty');
    t.deepEqual(readdirSync(fresh.dataFolder), []);
  },
);

test.serial('books that cannot be seen are not said to be missing', async (t) => {
  const fresh = new TestSite(folder());
  const file = fresh.writeConfig({ broker: { url: 'mqtt://127.0.0.1:1' } });
  symlinkSync(fresh.dataFolder, fresh.dataFolder);
  for (const words of [
    ['journal', 'show'],
    ['gallery', 'show'],
  ]) {
    const ended = await limen(...words, '--config', file);
    refuses(t, ended, 66, 'file.unreadable');
    t.regex(ended.stderr, /cannot be read: ELOOP/);
  }
});
