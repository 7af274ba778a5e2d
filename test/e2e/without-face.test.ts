import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { execa } from 'execa';
import { stringify } from 'yaml';
import { hashPin } from '../../src/access/pin.ts';
import { limen, limenFile } from '../support/command-line.ts';
import { temporaryFolders } from '../support/folders.ts';
import { TestSite } from '../support/terminal.ts';
import { until } from '../support/wait.ts';

const folder = temporaryFolders(test);
const readers = [{ driver: 'simulated', gives: 'both' }];

test.serial('who declined a face passes by card and PIN, and the face before the camera is nobody’s', async (t) => {
  const site = new TestSite(folder());
  t.teardown(() => site.close());
  await site.startHub();
  const config = join(site.folder, 'hub.yaml');
  await site.stopHub();
  writeFileSync(
    config,
    stringify({ site: 'test', dataFolder: join(site.folder, 'hub'), broker: { url: 'mqtt://127.0.0.1:1' } }),
  );
  const adding = ['people', 'add', 'n1', '--no-face', '--card', '123-45678', '--pin-file', '-', '--name', 'Bo'];
  const added = await execa(process.execPath, [limenFile, ...adding, '--config', config], {
    input: '2580\n',
    reject: false,
  });
  t.is(added.exitCode, 0, String(added.stderr));
  t.regex(String(added.stdout), /^Enrolled Bo \(n1\) without a face/);
  t.regex(String(added.stdout), /look: .*nobody passes without one/);
  await site.startHub();
  await site.enrol('p06');

  site.startTerminal({ access: { withoutFace: 'card-and-pin', readers } });
  const stranger = await site.event('verdict.denied');
  t.is(stranger.body.personId, null, 'whoever is in the picture is not known here');
  const reader = join(site.dataFolder, 'simulated-reader.txt');
  await until(() => existsSync(reader));
  appendFileSync(reader, 'card 123-45678\n');
  t.deepEqual((await site.event('access.factor-asked')).body.accept, ['pin']);
  t.is(site.level() ?? '0', '0', 'a card alone opens nothing');
  appendFileSync(reader, 'pin 2580\n');
  const granted = await site.event('verdict.granted');
  t.is(granted.body.personId, 'n1');
  t.deepEqual(granted.body.evidence.access?.factors, ['card', 'pin']);
  t.is(granted.body.evidence.distance, null);
  await until(() => site.level() === '1');
  t.false(site.events('verdict.denied').some(({ body }) => body.personId === 'n1'));

  const terminal = join(site.folder, 'terminal.yaml');
  const told = await limen('access', 'explain', '--config', terminal, '--person', 'n1');
  t.is(told.exitCode, 0, told.stdout);
  t.regex(told.stdout, /Proven by card and pin: this site allows that without a face/);
  site.writeConfig({ access: { readers: [{ driver: 'simulated', gives: 'card' }] } });
  const refused = await limen('access', 'explain', '--config', terminal, '--person', 'n1');
  t.is(refused.exitCode, 1);
  t.regex(refused.stdout, /Bo has no face here, and nobody passes without one: the rules do not say withoutFace/);
  t.regex(refused.stdout, /No reader of access\.readers takes their pin/);
});

test.serial('at the time clock it is a punch by card and PIN; the face of a colleague stays theirs', async (t) => {
  const site = new TestSite(folder());
  t.teardown(() => site.close());
  const { hub } = await site.startHub();
  await site.enrol('p01');
  await hub.enrol({ id: 'n1', name: 'Bo', cards: ['12345678'], pinHash: await hashPin('2580'), withoutFace: true });
  site.startTerminal({
    ...{ mode: 'punch', door: undefined, punch: { direction: 'in' } },
    access: { withoutFace: 'card-and-pin', readers },
  });
  const colleague = await site.event('punch.recorded');
  t.like(colleague.body, { personId: 'p01', verifiedBy: ['face'] });
  const reader = join(site.dataFolder, 'simulated-reader.txt');
  await until(() => existsSync(reader));
  appendFileSync(reader, 'n1*2580\n');
  t.deepEqual((await site.event('access.factor-asked')).body.accept, ['card']);
  appendFileSync(reader, 'card 12345678\n');
  await until(() => site.events('punch.recorded').length === 2);
  const { body } = site.events('punch.recorded')[1]!;
  t.like(body, { personId: 'n1', direction: 'in', verifiedBy: ['pin', 'card'] });
  t.is(body.afterRefusal, undefined);
  const known = async () => (await site.hub!.hub.events({ terminal: 'front-door' })).map(({ kind }) => kind);
  await until(async () => (await known()).filter((kind) => kind === 'punch.recorded').length === 2);
  const [booked] = await site.hub!.store.db.selectFrom('punches').selectAll().where('person_id', '=', 'n1').execute();
  t.is(booked?.verified_by, '["pin","card"]');
});
