import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { stringify } from 'yaml';
import { limen, refuses } from '../support/command-line.ts';
import { temporaryFolders } from '../support/folders.ts';
import { TestSite } from '../support/terminal.ts';
import { until } from '../support/wait.ts';

const folder = temporaryFolders(test);
let site: TestSite;
let config: string;
let terminal: ReturnType<TestSite['startTerminal']>;

const command = (...args: string[]) => limen('hub', 'command', ...args, '--config', config);

/** A hub that runs, and a terminal as a user starts it; every command is a process of its own beside them. */
test.before(async () => {
  site = new TestSite(folder());
  const { broker } = await site.startHub();
  config = join(site.folder, 'hub.yaml');
  const dataFolder = join(site.folder, 'hub');
  writeFileSync(config, stringify({ site: 'test', dataFolder, broker: { url: broker!.url } }));
  terminal = site.startTerminal({ camera: { driver: 'replay', folder: site.folder } });
  await site.event('broker.connected');
});
test.after.always(() => site?.close());

test.serial('unlock opens the lock, and the journal says who asked and why', async (t) => {
  const { exitCode, stdout, stderr } = await command('front-door', 'unlock', '--reason', 'courier', '--timeout', '1m');
  t.is(exitCode, 0, stderr + stdout);
  t.regex(stdout, /^front-door {2}done$/m);
  t.is(site.level(), '1');
  const [done] = site.events('command.done');
  t.like(done?.body, { verb: 'unlock', reason: 'courier' });
  t.regex(done?.body.issuer ?? '', /\S/);
  t.is(site.events('door.unlocked')[0]?.body.cause, 'command');
});

test.serial('lock locks it again', async (t) => {
  const { exitCode, stdout } = await command('front-door', 'lock', '--timeout', '1m');
  t.is(exitCode, 0, stdout);
  await until(() => site.level() === '0');
});

test.serial('killed and started again, the terminal does not obey the same message twice', async (t) => {
  const { link } = site.hub!;
  const topic = 'limen/test/terminal/front-door/command';
  const heard = new Set<string>();
  await link.subscribe(topic, ({ payload }) => heard.add(Buffer.from(payload).toString()));
  t.is((await command('front-door', 'unlock', '--timeout', '10m')).exitCode, 0);
  const unlocked = site.events('door.unlocked').length;
  terminal.kill('SIGKILL');
  await terminal;
  terminal = site.startTerminal({ camera: { driver: 'replay', folder: site.folder } });
  await until(() => site.events('broker.connected').length === 2);
  const repeated = site.events('command.refused').length;
  // Without a clock there are two: the first was refused and stays refused. Said until the terminal listens again.
  await until(async () => {
    for (const payload of [...heard]) await link.publish(topic, payload);
    return site.events('command.refused').length === repeated + heard.size;
  });
  t.is(site.events('command.refused').at(-1)?.body.code, 'command.repeated');
  t.is(site.events('door.unlocked').length, unlocked);
  t.is(site.level(), '0');
});

test.serial('diagnose --json tells how the terminal is, and names nobody', async (t) => {
  const { exitCode, stdout, stderr } = await command('front-door', 'diagnose', '--json', '--timeout', '1m');
  t.is(exitCode, 0, stderr + stdout);
  const { answers, verb } = JSON.parse(stdout);
  t.is(verb, 'diagnose');
  t.like(answers[0], { terminal: 'front-door', outcome: 'done', data: { pack: 'faceapi', gallery: { people: 0 } } });
  t.true(answers[0].data.memoryMb > 0 && answers[0].data.diskFreeMb >= 0);
});

test.serial('where one person is is forgotten, and of nobody else; the journal says so', async (t) => {
  const { exitCode, stdout } = await command(
    ...['front-door', 'anti-passback-reset', '--person', '1001', '--reason', 'fire drill', '--timeout', '1m'],
  );
  t.is(exitCode, 0, stdout);
  const [reset] = site.events('access.reset');
  t.deepEqual(reset?.body, { what: 'anti-passback', personId: '1001', cause: 'command' });
});

test.serial('a verb that the terminal does not know is refused: 77, with the reason', async (t) => {
  const { exitCode, stdout } = await command('front-door', 'explode', '--timeout', '1m');
  t.is(exitCode, 77);
  t.regex(
    stdout,
    /^front-door {2}refused {2}The terminal front-door knows no command "explode"\. \[command\.unknown\]$/m,
  );
});

test.serial('a terminal that does not answer: 75, and what that means', async (t) => {
  const { exitCode, stdout } = await command('back-door', 'unlock', '--timeout', '1s');
  t.is(exitCode, 75);
  t.regex(
    stdout,
    /^back-door {2}no answer {2}Nobody has provisioned a terminal of this name\..*\[command\.unanswered\]$/m,
  );
});

test.serial('one that was provisioned and never came is not called unknown', async (t) => {
  await site.provision('side-door', join(site.folder, 'side-door.limen'));
  const { exitCode, stdout } = await command('side-door', 'unlock', '--timeout', '1s');
  t.is(exitCode, 75);
  t.regex(
    stdout,
    /^side-door {2}no answer {2}It was provisioned, and has never been seen on this broker.*limen provision/m,
  );
});

test('what is no command is refused before anything is sent', async (t) => {
  for (const args of [
    ['front-door'],
    ['front-door', 'unlock', 'now'],
    ['--all', 'front-door', 'lockdown'],
    ['../door', 'unlock'],
    ['front-door', 'UNLOCK'],
    ['front-door', 'enrol'],
    ['front-door', 'unlock', '--person', '1001'],
    ['--all', 'anti-passback-reset', '--person', '../a'],
    ['front-door', 'unlock', '--timeout', '11m'],
    ['front-door', 'unlock', '--timeout', 'soon'],
    ['front-door', 'unlock', '--reason', 'two\nlines'],
  ]) {
    refuses(t, await command(...args), 64, 'usage.invalid');
  }
});
