import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { unzipSync } from 'fflate';
import type { Occurrence } from '../../src/domain/event.ts';
import { storeEvents } from '../../src/hub/event-store.ts';
import { openHubStore } from '../../src/hub/hub-store.ts';
import { packageRoot } from '../../src/runtime/package-root.ts';
import type { WireEvent } from '../../src/sync/messages.ts';
import { limen, refuses } from '../support/command-line.ts';
import { temporaryFolders } from '../support/folders.ts';
import { memoryJournal } from '../support/memory-journal.ts';

const folder = temporaryFolders(test);
const planFile = join(packageRoot(), 'test/attendance/plan.yaml');
const march = ['--from', '2026-03-02', '--to', '2026-03-08'];

/** A hub with a week of punches of two people. */
async function hub(): Promise<string> {
  const at = folder();
  const config = join(at, 'hub.yaml');
  writeFileSync(config, `site: works\ndataFolder: ${join(at, 'hub')}\nbroker: { url: 'mqtt://127.0.0.1:1' }\n`);
  await limen('hub', 'init', '--config', config);
  const store = await openHubStore(join(at, 'hub/hub.db'));
  const template = { model: 'none', scale: 1, data: new Int8Array(128).fill(1) };
  const person = { groups: [], validFrom: null, validUntil: null, templates: [template] };
  await store.add({ ...person, id: '1001', name: '=Ada <Lovelace>' });
  await store.add({ ...person, id: '1002', name: 'Bo' });
  await storeEvents(store.db, weekOfPunches(), new Date('2026-03-09T00:00Z'));
  await store.close();
  return config;
}

function weekOfPunches(): WireEvent[] {
  const times: [at: string, direction: 'in' | 'out', personId: string][] = [];
  for (const day of ['02', '03', '04', '05', '06']) {
    times.push([`2026-03-${day}T07:56+01:00`, 'in', '1001'], [`2026-03-${day}T17:32+01:00`, 'out', '1001']);
    times.push([`2026-03-${day}T08:12+01:00`, 'in', '1002']);
    if (day !== '04') times.push([`2026-03-${day}T16:31+01:00`, 'out', '1002']);
  }
  const journal = memoryJournal('gate-1');
  for (const [, direction, personId] of times) {
    const punch: Occurrence = {
      kind: 'punch.recorded',
      body: { personId, name: '', direction, evidence: {} as never },
    };
    journal.append(punch);
  }
  const rows = journal.after(0, times.length) as unknown as WireEvent[];
  return rows.map((row, i) => ({ ...row, at: new Date(times[i]![0]).toISOString(), clock: 'synced' as const }));
}

test('from a plan to the pay of a week, and through a correction and its reversal', async (t) => {
  const config = await hub();
  const say = ['--reason', 'as agreed', '--config', config];
  refuses(t, await limen('attendance', ...march, '--config', config), 66, 'attendance.no-plan');
  const backwards = ['--from', '2026-03-08', '--to', '2026-03-02', '--config', config];
  refuses(t, await limen('attendance', ...backwards), 64, 'usage.invalid');
  t.is((await limen('attendance', 'plan', 'set', planFile, ...say)).exitCode, 0);
  const sums = await limen('attendance', ...march, '--config', config);
  t.is(sums.exitCode, 0, sums.stderr);
  // 08:00 to 17:30 less half an hour of break: 9:00, five times; 08:15 to 16:30 less the break: 7:45, four times.
  t.regex(sums.stdout, /1001 .*45:00/);
  t.regex(sums.stdout, /1002 .*31:00/);

  const check = await limen('attendance', 'check', ...march, '--config', config, '--json');
  t.is(check.exitCode, 1);
  const [finding, ...more] = JSON.parse(check.stdout);
  t.deepEqual(more, []);
  t.like(finding, { kind: 'missing-out', personId: '1002', day: '2026-03-04' });
  const { entry } = finding.proposals[0];
  const added = await limen('attendance', 'add', entry.personId, entry.code, entry.at, '--site', entry.site, ...say);
  t.is(added.exitCode, 0, added.stderr);
  t.regex((await limen('attendance', ...march, '--config', config)).stdout, /1002 .*38:45/);
  const clean = await limen('attendance', 'check', ...march, '--config', config);
  t.is(clean.exitCode, 0);
  t.is(clean.stdout, 'Nothing to look at.');
  const id = /^Entry (\S+)\./.exec(added.stdout)?.[1] as string;
  t.is((await limen('attendance', 'reverse', id, ...say)).exitCode, 0);
  t.is((await limen('attendance', ...march, '--config', config)).stdout, sums.stdout);

  const explained = await limen('attendance', 'explain', '1001', '2026-03-02', '--config', config);
  t.regex(explained.stdout, /in 07:56 \(counts as 08:00\), out 17:32 \(counts as 17:30\)/);
  t.regex(explained.stdout, /worked 9:30 - 0:30 = 9:00/);
});

test('a punch by card after a refused face is marked as such: explained, in the sums, in every file', async (t) => {
  const config = await hub();
  await limen('attendance', 'plan', 'set', planFile, '--reason', 'as agreed', '--config', config);
  const journal = memoryJournal('gate-2');
  const body = { personId: '1001', name: '', direction: 'in' as const, evidence: {} as never };
  journal.append({ kind: 'punch.recorded', body: { ...body, verifiedBy: ['face', 'card'] } });
  const refused = { verifiedBy: ['card', 'pin'], afterRefusal: 'unknown' as const };
  journal.append({ kind: 'punch.recorded', body: { ...body, direction: 'out', ...refused } });
  const at = ['2026-03-07T08:00:00.000Z', '2026-03-07T09:00:00.000Z'];
  const rows = journal.after(0, 2).map((row, i) => ({ ...row, at: at[i], clock: 'synced' })) as unknown as WireEvent[];
  const store = await openHubStore(join(config, '../hub/hub.db'));
  await storeEvents(store.db, rows, new Date('2026-03-09T00:00Z'));
  await store.close();

  const explained = await limen('attendance', 'explain', '1001', '2026-03-07', '--config', config);
  t.regex(explained.stdout, /IN +09:00 .*gate-2:1 +face and card/);
  t.regex(explained.stdout, /OUT +10:00 .*gate-2:2 +card and pin, after the face was refused \(unknown\)/);
  const saturday = ['--from', '2026-03-07', '--to', '2026-03-07', '--person', '1001', '--config', config];
  const file = async (format: string) => (await limen('attendance', ...saturday, '--format', format)).stdout;
  const [{ days }] = JSON.parse(await file('json')).people;
  t.like(days[0].punches[1], { id: 'gate-2:2', ...refused });
  t.is(days[0].punches[0].afterRefusal, undefined);
  t.regex(await file('csv'), /,face_refused,[\s\S]*out by card and pin \(unknown\)/);
  t.regex(await file('html'), /<th>Face refused<\/th>[\s\S]*<td>out by card and pin \(unknown\)<\/td>/);
  const usual = ['--from', '2026-03-02', '--to', '2026-03-02', '--config', config, '--format', 'html'];
  t.notRegex((await limen('attendance', ...usual)).stdout, /Face refused/);
  t.regex((await limen('attendance', ...saturday)).stdout, /Face refused/);
});

test('a punch of an unset clock is listed with the command that mends it, and that command mends it', async (t) => {
  const config = await hub();
  const say = ['--reason', 'as agreed', '--config', config];
  await limen('attendance', 'plan', 'set', planFile, ...say);
  const store = await openHubStore(join(config, '../hub/hub.db'));
  const row = {
    ...weekOfPunches()[0]!,
    terminal: 'gate-2',
    at: '1970-01-01T00:03:00.000Z',
    clock: 'unsynced' as const,
  };
  await storeEvents(store.db, [row], new Date('2026-03-07T07:00:00Z'));
  await store.close();
  const saturday = ['--from', '2026-03-07', '--to', '2026-03-07', '--config', config];
  const check = await limen('attendance', 'check', ...saturday);
  t.is(check.exitCode, 1);
  t.regex(check.stdout, /1001: The clock of the terminal was not set: it said 1970-01-01T00:03:00\.000Z.*gate-2:1/);
  const mends = [...check.stdout.matchAll(/limen (attendance move gate-2:1 \S+) /g)].map(([, words]) => words!);
  t.deepEqual(mends, [
    'attendance move gate-2:1 2026-03-07T07:00:00.000Z',
    'attendance move gate-2:1 1970-01-01T00:03:00.000Z',
  ]);
  t.is((await limen(...mends[0]!.split(' '), ...say)).exitCode, 0);
  const after = await limen('attendance', 'check', ...saturday);
  t.notRegex(after.stdout, /was not set/);
  t.regex(after.stdout, /An IN without an OUT/, 'and what it means is seen');
  // The page that is signed shows when somebody came, with or without an OUT.
  const csv = (await limen('attendance', ...saturday, '--person', '1001', '--format', 'csv')).stdout.split('\n');
  t.regex(csv[1]!, /,2026-03-07,[^,]*,08:00,,/);
});

test('punches during leave are listed with the commands that mend it', async (t) => {
  const config = await hub();
  const say = ['--reason', 'as agreed', '--config', config];
  await limen('attendance', 'plan', 'set', planFile, ...say);
  const entered = await limen('attendance', 'leave', '1001', '2026-03-02', '2026-03-02', '--as', 'holiday', ...say);
  const id = /^Entry (\S+)\./.exec(entered.stdout)?.[1] as string;
  const check = ['attendance', 'check', '--from', '2026-03-02', '--to', '2026-03-02', '--config', config];
  const { stdout } = await limen(...check);
  t.regex(stdout, /Punches on a day of holiday/);
  t.true(stdout.includes(`limen attendance reverse ${id} `), stdout);
  t.regex(stdout, /limen attendance void gate-1:\d+ /);
  t.is((await limen('attendance', 'reverse', id, ...say)).exitCode, 0);
  t.is((await limen(...check)).stdout, 'Nothing to look at.');
});

test('a correction of a punch that was taken back is listed with the command that takes it back too', async (t) => {
  const config = await hub();
  const say = ['--reason', 'as agreed', '--config', config];
  await limen('attendance', 'plan', 'set', planFile, ...say);
  const entered = async (...words: string[]) =>
    /^Entry (\S+)\./.exec((await limen(...words, ...say)).stdout)?.[1] ?? '';
  const add = await entered('attendance', 'add', '1002', 'in', '2026-03-07T10:00:00Z', '--site', 'works');
  const recode = await entered('attendance', 'recode', add, 'out');
  await entered('attendance', 'reverse', add);
  refuses(t, await limen('attendance', 'recode', add, 'in', ...say), 64, 'usage.invalid');
  const saturday = ['--from', '2026-03-07', '--to', '2026-03-07', '--config', config];
  const [, mend] =
    /limen (attendance reverse \S+) /.exec((await limen('attendance', 'check', ...saturday)).stdout) ?? [];
  t.is(mend, `attendance reverse ${recode}`);
  await entered(...mend!.split(' '));
  t.is((await limen('attendance', 'check', ...saturday)).stdout, 'Nothing to look at.');
});

test('every format has the same week', async (t) => {
  const config = await hub();
  await limen('attendance', 'plan', 'set', planFile, '--reason', 'as agreed', '--config', config);
  const as = (format: string) => limen('attendance', ...march, '--format', format, '--config', config);
  const json = JSON.parse((await as('json')).stdout);
  t.is(json.people[0].days[0].workedMs, 9 * 3_600_000);
  t.is(json.people[0].days[0].overtimeMs['x1.25'], 3_600_000);
  const csv = (await as('csv')).stdout.split('\n');
  t.is(csv.length, 1 + 2 * 7);
  t.regex(csv[1] as string, /^1001,'=Ada <Lovelace>,2026-03-02,day,07:56,17:32,540\.00,/, 'a name is no formula');
  const html = (await as('html')).stdout;
  t.is(html.match(/<section>/g)?.length, 2);
  t.true(html.includes('=Ada &lt;Lovelace&gt;') && !html.includes('<Lovelace>'));
  const sheets = await limenBytes('attendance', ...march, '--format', 'xlsx', '--config', config);
  const files = unzipSync(sheets);
  t.deepEqual(Object.keys(files).filter((name) => name.includes('worksheets/sheet')).length, 2);
  const out = join(folder(), 'march.csv');
  const written = await limen('attendance', ...march, '--format', 'csv', '--out', out, '--config', config);
  t.is(written.exitCode, 0, written.stderr);
  t.is(written.stdout, '');
  t.is(readFileSync(out, 'utf8').trimEnd(), csv.join('\n'));
  const nowhere = ['--format', 'html', '--out', join(out, 'none', 'march.html'), '--config', config];
  refuses(t, await limen('attendance', ...march, ...nowhere), 73, 'file.unwritable');
  refuses(t, await limen('attendance', ...march, '--out', out, '--config', config), 64, 'usage.invalid');
});

test('a plan from a day on: set, listed, shown for a day, and named by the day that is counted by it', async (t) => {
  const config = await hub();
  const say = ['--reason', 'as agreed', '--author', 'boss', '--config', config];
  await limen('attendance', 'plan', 'set', planFile, ...say);
  const next = join(folder(), 'plan.yaml');
  writeFileSync(next, readFileSync(planFile, 'utf8').replace(/overtime:[\s\S]*?(?=\n\S|$)/, ''));
  const set = await limen('attendance', 'plan', 'set', next, '--from', '2026-03-04', ...say);
  const [told, wayBack] = set.stdout.split('\n');
  t.is(told, 'The plan is set: days from 2026-03-04 on are counted by it.', set.stderr);
  refuses(t, await limen('attendance', 'plan', 'set', next, '--from', '2026-02-30', ...say), 64, 'usage.invalid');
  const list = await limen('attendance', 'plan', 'list', '--config', config);
  t.regex(list.stdout, /^every day +set \S+ +boss: as agreed .*\n2026-03-04 +set \S+ +boss: as agreed /);
  const shown = async (on: string) =>
    (await limen('attendance', 'plan', 'show', '--on', on, '--config', config)).stdout;
  t.regex(await shown('2026-03-03'), /x1\.25/);
  t.regex(await shown('2026-03-04'), /^# Set .*, counts from 2026-03-04\n(?![\s\S]*x1\.25)/);
  const explained = async (day: string) =>
    (await limen('attendance', 'explain', '1001', day, '--config', config)).stdout;
  t.regex(await explained('2026-03-03'), /plan of \S+ by boss: as agreed \[\S+\]\n/);
  t.regex(
    await explained('2026-03-04'),
    /plan of \S+ by boss: as agreed \[\S+\], counts from 2026-03-04\n {2}no group\n/,
  );

  const id = /limen attendance reverse (\S+) /.exec(wayBack!)![1]!;
  const back = await limen(
    'attendance',
    'reverse',
    id,
    '--reason',
    'never agreed',
    '--author',
    'boss',
    '--config',
    config,
  );
  t.regex(back.stdout, /^Entry \S+\. Take it back with: limen attendance reverse /, back.stderr);
  t.regex(await shown('2026-03-04'), /x1\.25/);
  t.regex(
    await explained('2026-03-04'),
    /plan of \S+ by boss: as agreed \[\S+\]\n {2}not by that of \S+ by boss: as agreed \[\S+\], taken back \S+ by boss: never agreed /,
  );
  refuses(t, await limen('attendance', 'reverse', id, ...say), 64, 'usage.invalid');
  const entries = (await limen('attendance', 'entries', '--config', config)).stdout.split('\n');
  t.is(entries.length, 3);
  t.regex(entries[1]!, /^\S+ +\S+ +plan +2026-03-04 +boss: as agreed$/);
  t.regex(entries[2]!, new RegExp(`^\\S+ +\\S+ +reverse +${id} +boss: never agreed$`));
});

test('a plan with a mistake names the place and sets nothing', async (t) => {
  const config = await hub();
  const file = join(folder(), 'plan.yaml');
  writeFileSync(
    file,
    'sites: { works: { timeZone: Europe/Berlin } }\nrotas: { w: { from: 2026-01-05, days: [dya] } }\n',
  );
  const ended = await limen('attendance', 'plan', 'set', file, '--reason', 'x', '--config', config);
  t.is(ended.exitCode, 78);
  t.regex(ended.stderr, /plan\.yaml:2:\d+: rotas\.w\.days\.0: .*there is no shift "dya"/);
  refuses(t, await limen('attendance', 'plan', 'show', '--config', config), 66, 'attendance.no-plan');
});

async function limenBytes(...args: string[]): Promise<Uint8Array> {
  const { execa } = await import('execa');
  const { limenFile } = await import('../support/command-line.ts');
  const { stdout } = await execa(process.execPath, [limenFile, ...args], {
    encoding: 'buffer',
    stripFinalNewline: false,
  });
  return stdout;
}
