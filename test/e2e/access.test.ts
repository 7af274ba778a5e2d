import { appendFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { hashPin } from '../../src/access/pin.ts';
import { limen } from '../support/command-line.ts';
import { temporaryFolders } from '../support/folders.ts';
import { TestSite } from '../support/terminal.ts';
import { until } from '../support/wait.ts';

const folder = temporaryFolders(test);

test.serial('a hub asks for a PIN at every door: the face alone opens nothing, its PIN opens', async (t) => {
  const site = new TestSite(folder());
  t.teardown(() => site.close());
  const { hub } = await site.startHub();
  await site.enrol('p01');
  await hub.change('p01', { pinHash: await hashPin('2580') });
  await hub.setRules({ secondFactors: { doors: { accept: ['pin'] } }, answerWithinMs: 120_000 });
  site.startTerminal({ access: { needHubRules: true, readers: [{ driver: 'simulated', gives: 'pin' }] } });

  const asked = await site.event('access.factor-asked');
  t.deepEqual(asked.body, { personId: 'p01', accept: ['pin'], withinMs: 120_000 });
  const reader = join(site.dataFolder, 'simulated-reader.txt');
  await until(() => existsSync(reader));
  appendFileSync(reader, '1470\n');
  await site.event('access.factor-refused');
  t.is(site.level() ?? '0', '0');
  t.is(site.events('verdict.granted').length, 0);
  appendFileSync(reader, '2580\n');
  const granted = await site.event('verdict.granted');
  t.is(granted.body.personId, 'p01');
  await until(() => site.level() === '1');

  const config = join(site.folder, 'terminal.yaml');
  const told = await limen('access', 'explain', '--config', config, '--person', 'p01', '--json');
  t.is(told.exitCode, 0, told.stderr);
  const { outcome, findings } = JSON.parse(told.stdout);
  t.is(outcome, 'ask');
  t.true(findings.some(({ by }: { by: string }) => by === 'secondFactors.doors'));
});

test.serial('a terminal that needs the rules of its hub opens to nobody before they came', async (t) => {
  const site = new TestSite(folder());
  t.teardown(() => site.close());
  await site.startHub();
  await site.enrol('p01');
  site.startTerminal({ access: { needHubRules: true } });
  const denied = await site.event('verdict.denied');
  t.is(denied.body.reason, 'no-rules');
  t.is(site.level() ?? '0', '0');
});

test.serial('whoever is inside is not let in again, until it is said that nobody is', async (t) => {
  const site = new TestSite(folder());
  t.teardown(() => site.close());
  await site.startHub();
  await site.enrol('p01');
  site.startTerminal({ access: { antiPassback: { hall: { mode: 'hard', in: ['front-door'], out: ['back-door'] } } } });
  await site.event('access.passed');
  await until(() => site.events('verdict.denied').some(({ body }) => body.reason === 'anti-passback'));
  t.is(site.events('verdict.granted').length, 1);

  const config = join(site.folder, 'terminal.yaml');
  const someoneElse = await limen('access', 'reset', '--config', config, '--person', 'p02');
  t.is(someoneElse.exitCode, 0, someoneElse.stderr);
  t.deepEqual((await site.event('access.reset')).body, {
    what: 'anti-passback',
    personId: 'p02',
    cause: 'command-line',
  });
  t.is(site.events('verdict.granted').length, 1);
  const everybody = await limen('access', 'reset', '--config', config, '--everybody');
  t.regex(everybody.stdout, /front-door forgets the whereabouts of everybody/);
  await until(() => site.events('verdict.granted').length === 2);
  t.is(site.events('access.reset').length, 2);
});
