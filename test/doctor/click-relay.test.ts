import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import test from 'ava';
import { stringify } from 'yaml';
import { lockOf } from '../../src/compose.ts';
import { doorSchema } from '../../src/config/schema.ts';
import { clickRelay } from '../../src/doctor/click-relay.ts';
import { LimenError } from '../../src/domain/errors.ts';
import { limen } from '../support/command-line.ts';
import { temporaryFolders } from '../support/folders.ts';

const folder = temporaryFolders(test);
const door = doorSchema.parse({ driver: 'simulated' });

test('the relay is released once, and at rest afterwards', async (t) => {
  const root = folder();
  const levels = join(root, 'simulated-lock.level');
  const clicking = clickRelay({ lock: lockOf(door, root), socketPaths: [join(root, 'lock.sock')], openMs: 300 });
  let seen = '';
  while (seen !== '1') {
    seen = existsSync(levels) ? readFileSync(levels, 'utf8').trim() : '';
    await new Promise(setImmediate);
  }
  t.regex(await clicking, /fail-secure/);
  t.is(readFileSync(levels, 'utf8').trim(), '0');
  t.false(existsSync(join(root, 'lock.rest')), 'nothing that would keep limen out');
});

test('while a lock process holds it, nothing is moved', async (t) => {
  const root = folder();
  const socket = join(root, 'lock.sock');
  const server = createServer().listen(socket);
  t.teardown(() => server.close());
  const clicking = clickRelay({ lock: lockOf(door, root), socketPaths: [socket], openMs: 1 });
  const error = await t.throwsAsync(clicking, { instanceOf: LimenError });
  t.is(error.code, 'door.line-busy');
  t.false(existsSync(join(root, 'simulated-lock.level')));
});

test('on the command line: never without a yes, and never without a configuration', async (t) => {
  const root = folder();
  const file = join(root, 'door.yaml');
  const camera = { driver: 'replay', folder: 'pictures' };
  const config = { site: 'test', terminal: 'door', dataFolder: 'data', camera, door: { driver: 'simulated' } };
  writeFileSync(file, stringify(config));
  const unasked = await limen('doctor', '--config', file, '--click-relay');
  t.is(unasked.exitCode, 64);
  t.regex(unasked.stderr, /only after a yes/);
  t.false(existsSync(join(root, 'data')));
  t.is((await limen('doctor', '--click-relay', '--yes')).exitCode, 64);
  const clicked = await limen('doctor', '--config', file, '--click-relay', '--yes');
  t.is(clicked.exitCode, 0, clicked.stderr);
  t.regex(clicked.stdout, /released, and read back at rest/);
});
