import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { temporaryFolders } from '../support/folders.ts';
import { TestSite } from '../support/terminal.ts';
import { until } from '../support/wait.ts';

const folder = temporaryFolders(test);

const timeClock = {
  mode: 'punch',
  door: undefined,
  access: { readers: [{ driver: 'simulated', gives: 'both' }] },
  punch: {
    direction: 'ask',
    keyLastsMs: 120_000,
    debounceMs: 3_600_000,
    keys: {
      in: { means: 'in', typed: '1' },
      out: { means: 'out', button: { line: 5 } },
      weld: { means: 'in', work: 'welding', typed: 'F2' },
    },
    panel: { driver: 'simulated', outputs: { green: { line: 23 }, busy: { line: 24 }, buzzer: { line: 25 } } },
  },
};

test.serial(
  'a face and a key are a punch: by keypad, by button, once, over a kill; lights tell, and the hub has it',
  async (t) => {
    const site = new TestSite(folder());
    t.teardown(() => site.close());
    await site.startHub();
    await site.enrol('p01');
    const terminal = site.startTerminal(timeClock);
    const line = (offset: number) => join(site.dataFolder, 'simulated-gpio', `pinctrl-bcm2711-${offset}`);
    const isOn = (offset: number) => existsSync(line(offset)) && readFileSync(line(offset), 'utf8') === '1';
    const reader = join(site.dataFolder, 'simulated-reader.txt');

    await site.event('verdict.granted');
    t.is(site.events('punch.recorded').length, 0, 'nobody has said what for');
    await until(() => existsSync(reader));
    appendFileSync(reader, 'key F2\n');
    const { body } = await site.event('punch.recorded');
    t.like(body, { personId: 'p01', direction: 'in', work: 'welding', by: 'key', verifiedBy: ['face'] });
    await until(() => isOn(23));
    const refused = await site.event('punch.not-recorded');
    t.like(refused.body, { personId: 'p01', reason: 'already-recorded', direction: 'in', work: 'welding' });

    terminal.kill('SIGKILL');
    await terminal;
    const before = site.events('punch.not-recorded').length;
    site.startTerminal(timeClock);
    await until(() => site.events('punch.not-recorded').length > before);
    t.is(site.events('punch.recorded').length, 1, 'a restart forgets nobody');

    // A switch to ground, as buttons are wired.
    writeFileSync(line(5), '0');
    await until(() => site.events('punch.recorded').length === 2);
    t.like(site.events('punch.recorded')[1]?.body, { direction: 'out', by: 'key' });
    t.false(site.events().some(({ kind }) => kind.startsWith('door.')));
    const known = async () => (await site.hub!.hub.events({ terminal: 'front-door' })).map(({ kind }) => kind);
    await until(async () => (await known()).filter((kind) => kind === 'punch.recorded').length === 2);
  },
);
