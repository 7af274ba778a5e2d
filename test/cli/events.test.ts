import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import test from 'ava';
import { storeEvents } from '../../src/hub/event-store.ts';
import { openHubStore } from '../../src/hub/hub-store.ts';
import type { WireEvent } from '../../src/sync/messages.ts';
import { limen, refuses } from '../support/command-line.ts';
import { temporaryFolders } from '../support/folders.ts';
import { memoryJournal } from '../support/memory-journal.ts';

const folder = temporaryFolders(test);

/** A hub with three events in its books, and whatever else its file says. */
async function hub(more = ''): Promise<string> {
  const at = folder();
  const config = join(at, 'hub.yaml');
  writeFileSync(config, `site: works\ndataFolder: ${join(at, 'hub')}\nbroker: { url: 'mqtt://127.0.0.1:1' }\n${more}`);
  await limen('hub', 'init', '--config', config);
  const store = await openHubStore(join(at, 'hub/hub.db'));
  const journal = memoryJournal('gate-1');
  const punch = {
    kind: 'punch.recorded',
    body: { personId: '1001', name: '=Ada', direction: 'in', evidence: {} as never },
  } as const;
  journal.append({ kind: 'clock.stepped', body: { byMs: 1 } });
  journal.append(punch);
  journal.append({ kind: 'access.duress', body: { personId: '1002' } });
  const rows = journal.after(0, 3) as unknown as WireEvent[];
  const dated = rows.map((row, i): WireEvent => ({ ...row, at: `2026-03-02T0${i}:00:00.000Z`, clock: 'synced' }));
  await storeEvents(store.db, dated, new Date('2026-03-09T00:00Z'));
  await store.close();
  return config;
}

test('events are listed, filtered and exported', async (t) => {
  const config = await hub();
  const listed = await limen('events', '--config', config);
  t.is(listed.exitCode, 0, listed.stderr);
  t.deepEqual(listed.stdout.match(/gate-1:\d/g), ['gate-1:1', 'gate-1:2', 'gate-1:3']);
  const found = await limen('events', '--config', config, '--person', '1001', '--kind', 'punch.*', '--json');
  t.like(JSON.parse(found.stdout)[0], { seq: 2, kind: 'punch.recorded', receivedAt: '2026-03-09T00:00:00.000Z' });
  const late = ['--from', '2026-03-02T01:00Z', '--to', '2026-03-02T02:00Z', '--config', config];
  const lines = (await limen('events', 'export', ...late)).stdout.split('\n');
  t.deepEqual(
    lines.map((line) => JSON.parse(line).seq),
    [2],
  );
  const csv = await limen('events', 'export', '--format', 'csv', '--config', config);
  t.regex(csv.stdout, /^terminal,seq,at,clock,kind,person,body,received\n/);
  t.is(csv.stdout.trim().split('\n').length, 4);
});

test('attendance push tells a payroll what it does not know, and says how it ended', async (t) => {
  const config = await hub();
  refuses(t, await limen('attendance', 'push', '--config', config), 64, 'payroll.unknown');
  const ids: string[] = [];
  let status = 204;
  const server = createServer((request, response) => {
    ids.push(String(request.headers['webhook-id']));
    request.resume();
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const secretFile = join(folder(), 'secret');
  writeFileSync(secretFile, `whsec_${Buffer.alloc(32, 1).toString('base64')}\n`, { mode: 0o600 });
  const { port } = server.address() as AddressInfo;
  const payroll = `{ name: hook, driver: webhook, url: 'http://127.0.0.1:${port}/', secretFile: ${secretFile} }`;
  const told = await hub(`payroll: [${payroll}]\n`);
  status = 403;
  const away = await limen('attendance', 'push', '--config', told);
  t.is(away.exitCode, 77, away.stderr);
  t.regex(away.stdout, /not everything: it answers 403 Forbidden \[payroll\.denied\]/);
  status = 422;
  const refused = await limen('attendance', 'push', '--config', told, '--json');
  t.is(refused.exitCode, 65);
  t.like(JSON.parse(refused.stdout)[0], { target: 'hook', taken: 0, stopped: null });
  status = 204;
  const again = await limen('attendance', 'push', '--again', '--target', 'hook', '--config', told);
  t.is(again.exitCode, 0, again.stderr);
  t.is(again.stdout, 'hook: 1 told.');
  t.is(new Set(ids).size, 1, 'one punch, one id');
  refuses(t, await limen('attendance', 'push', '--target', 'other', '--config', told), 64, 'payroll.unknown');
  const twice = join(folder(), 'hub.yaml');
  const both = `payroll:\n  - ${payroll}\n  - ${payroll.replace('127.0.0.1', 'wages.example')}\n`;
  writeFileSync(twice, `site: works\ndataFolder: hub\nbroker: { url: 'mqtt://127.0.0.1:1' }\n${both}`);
  const wrong = await limen('attendance', 'push', '--config', twice);
  t.is(wrong.exitCode, 78);
  t.regex(wrong.stderr, /hub\.yaml:\d+:\d+.*without TLS/);
  t.regex(wrong.stderr, /the name of another payroll/);
});
