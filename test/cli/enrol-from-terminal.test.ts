import { readFileSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
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

const changes = { camera: { driver: 'replay', folder: 'test/people/clips/walkup-p01-blink', fps: 20 } };

test.before(async () => {
  site = new TestSite(folder());
  const { broker } = await site.startHub();
  config = join(site.folder, 'hub.yaml');
  const dataFolder = join(site.folder, 'hub');
  writeFileSync(config, stringify({ site: 'test', dataFolder, broker: { url: broker!.url } }));
  await site.enrol('p06');
  terminal = site.startTerminal();
  await site.event('broker.connected');
});

test.after.always(() => site?.close());

const enrol = (...args: string[]) => limen('people', 'add', ...args, '--config', config);

test.serial('without consent, and of somebody who is there already, nobody is captured', async (t) => {
  const who = ['p01', '--name', 'Ada', '--from', 'front-door'];
  refuses(t, await enrol(...who), 64, 'usage.invalid');
  refuses(t, await enrol('p06', '--name', 'Eve', '--from', 'front-door', '--consent'), 65, 'person.exists');
  t.deepEqual(site.events('command.accepted'), []);
});

test.serial(
  'whoever stands before a terminal is enrolled from there, and let in; no template stays beside the gallery',
  async (t) => {
    const { exitCode, stdout, stderr } = await enrol(
      ...['p01', '--name', 'Ada', '--from', 'front-door', '--consent', '--timeout', '2m', '--group', 'staff'],
    );
    t.is(exitCode, 0, stderr + stdout);
    t.regex(stdout, /^Enrolled Ada \(p01\) from [345] looks of front-door, gallery version \d+\./);
    const [accepted] = site.events('command.accepted');
    t.like(accepted?.body, { verb: 'enrol', args: { personId: 'p01', consent: true } });
    const person = (await site.hub!.hub.people()).find(({ id }) => id === 'p01');
    t.like(person, { name: 'Ada', groups: ['staff'] });
    await until(() => site.events('verdict.granted').some(({ body }) => body.personId === 'p01'));

    const templates =
      person?.templates.map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength)) ?? [];
    t.true(templates.length >= 3);
    for (const name of await readdir(site.dataFolder)) {
      const bytes = await readFile(join(site.dataFolder, name)).catch(() => Buffer.alloc(0));
      for (const template of templates) {
        t.false(bytes.includes(template) || bytes.includes(template.toString('base64').slice(0, 60)), name);
      }
    }
    t.true(readFileSync(join(site.dataFolder, 'commands.state'), 'utf8').includes(String(accepted?.body.id)));
  },
);

test.serial(
  'reload: what can change in a running terminal does, the rest waits for a restart, a bad file changes nothing',
  async (t) => {
    const reload = () =>
      limen('hub', 'command', 'front-door', 'reload', '--config', config, '--timeout', '1m', '--json');
    const answer = async () => JSON.parse((await reload()).stdout).answers[0];
    t.like(await answer(), { outcome: 'done', data: { changed: [], inForce: 'at once' } });

    site.writeConfig({ recognition: { liveness: 'off', agreeing: 4 }, journal: { retentionDays: 7 } });
    t.like(await answer(), {
      outcome: 'done',
      data: { changed: ['journal.retentionDays', 'recognition.agreeing'], inForce: 'at once' },
    });
    site.writeConfig({
      recognition: { liveness: 'off', agreeing: 4 },
      journal: { retentionDays: 7 },
      mode: 'nonsense',
    });
    t.like(await answer(), { outcome: 'failed', code: 'config.invalid' });
    site.writeConfig({ recognition: { liveness: 'off', agreeing: 4 }, terminal: 'back-door' });
    t.like(await answer(), { outcome: 'failed', code: 'config.invalid' });
    site.writeConfig({ ...changes, recognition: { liveness: 'off', agreeing: 4 } });
    const pending = await answer();
    t.true(pending.data.changed.includes('camera.folder'));
    t.is(pending.data.inForce, 'pending: needs a restart, by hand');
    // After a mend everything that was in force still is: the bad files changed nothing.
    site.writeConfig({ recognition: { liveness: 'off', agreeing: 4 }, journal: { retentionDays: 7 } });
    t.like(await answer(), { outcome: 'done', data: { changed: [], inForce: 'at once' } });
  },
);

test.serial(
  'where somebody starts it again, a terminal leaves for a change that needs it, and says so first',
  async (t) => {
    terminal.kill('SIGTERM');
    await terminal;
    const connected = site.events('broker.connected').length;
    terminal = site.startTerminal({}, { NOTIFY_SOCKET: join(site.folder, 'no-systemd') });
    await until(() => site.events('broker.connected').length > connected);
    site.writeConfig({ recognition: { pack: 'no-such-pack' } });
    const reload = () =>
      limen('hub', 'command', 'front-door', 'reload', '--config', config, '--timeout', '1m', '--json');
    t.like(JSON.parse((await reload()).stdout).answers[0], { outcome: 'failed', code: 'pack.missing' });
    site.writeConfig(changes);
    const { exitCode, stdout } = await reload();
    t.is(exitCode, 0, stdout);
    t.is(JSON.parse(stdout).answers[0].data.inForce, 'needs a restart: restarting');
    t.is((await terminal).exitCode, 79);
    t.is(site.events('terminal.stopped').at(-1)?.body.cause, 'reload');
    t.is(site.level(), '0');
  },
);
