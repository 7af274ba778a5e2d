import { Readable } from 'node:stream';
import test from 'ava';
import { strFromU8, unzipSync } from 'fflate';
import { attendanceOf } from '../../src/attendance/attendance.ts';
import type { PlanVersions } from '../../src/attendance/plan-version.ts';
import { attendanceFile } from '../../src/attendance/report/file.ts';
import { fileFormats } from '../../src/attendance/report/file-format.ts';
import { workbookOf } from '../../src/attendance/report/workbook.ts';
import { plan, punches, set } from './support.ts';

const period = { from: '2026-03-02', to: '2026-03-03' };
const plans = [set(plan({}, { overtime: [{ name: 'x1.25', on: 'day', afterMinutes: 480, factor: 1.25 }] }))] as const;

async function* report(...names: string[]) {
  yield* reportBy(plans, ...names);
}

async function* reportBy(plans: PlanVersions, ...names: string[]) {
  for (const name of names) {
    const facts = { punches: punches('in 2026-03-02T08:00+01:00', 'out 2026-03-02T17:00+01:00'), entries: [] };
    const worker = { id: 'ada', name, groups: [] };
    yield attendanceOf(facts, { plans, worker, ...period, nowMs: Date.parse('2027-01-01T00:00Z') });
  }
}

async function bytesOf(pieces: AsyncIterable<string | Uint8Array>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const piece of pieces) all.push(Buffer.from(piece as Uint8Array));
  return Buffer.concat(all);
}

test('a workbook has a row for each day and a sum for each person, and no name in it is markup or a formula', async (t) => {
  const bytes = await bytesOf(attendanceFile(report('=Ada <L> & "Co"\u0001', 'Bo'), { format: 'xlsx', period, plans }));
  const files = unzipSync(bytes);
  const sheet = (n: number) => strFromU8(files[`xl/worksheets/sheet${n}.xml`]!);
  t.is(sheet(1).match(/<row /g)?.length, 1 + 2 * 2);
  t.is(sheet(2).match(/<row /g)?.length, 1 + 2);
  t.regex(sheet(1), /<row r="2"><c t="inlineStr" s="0"><is><t xml:space="preserve">ada<\/t><\/is><\/c>/);
  t.regex(sheet(1), />=Ada &lt;L&gt; &amp; &quot;Co&quot;<\/t>/);
  t.true(sheet(2).includes(`<c s="2"><v>${9 / 24}</v></c>`), 'nine hours are nine of the 24 of a day');
  const workbook = strFromU8(files['xl/workbook.xml']!);
  t.regex(workbook, /<sheet name="Days" sheetId="1" r:id="rId1"\/><sheet name="People" sheetId="2" r:id="rId2"\/>/);
  const named = [...strFromU8(files['[Content_Types].xml']!).matchAll(/PartName="\/([^"]+)"/g)].map(
    ([, name]) => name!,
  );
  t.deepEqual(
    named.filter((name) => files[name] === undefined),
    [],
  );
  t.is(named.length, 4);
});

test('a file begins while people are still counted, and is whole without anybody', async (t) => {
  const many = Array.from({ length: 500 }, (_, i) => `Person ${i}`);
  for (const format of fileFormats) {
    const counted: string[] = [];
    async function* watched() {
      for await (const attendance of report(...many)) {
        counted.push(attendance.worker.name);
        yield attendance;
      }
    }
    const pieces = attendanceFile(watched(), { format, period, plans });
    await pieces.next();
    t.true(counted.length < many.length, `${format}: ${counted.length}`);
    await pieces.return(undefined);
  }
  const empty = async (format: 'json' | 'csv' | 'html') =>
    (await bytesOf(attendanceFile(report(), { format, period, plans }))).toString();
  t.deepEqual(JSON.parse(await empty('json')), { ...period, people: [] });
  t.is((await empty('csv')).trimEnd().split('\n').length, 1);
  t.regex(await empty('html'), /<body>\n<\/body>\n<\/html>\n$/);
});

test('JSON says of each day by which plan and in which groups it was counted, and is indented as everything', async (t) => {
  const text = (await bytesOf(attendanceFile(report('Ada', 'Bo'), { format: 'json', period, plans }))).toString();
  const value = JSON.parse(text);
  t.is(text, `${JSON.stringify(value, null, 2)}\n`);
  t.like(value.people[0].days[0], { plan: plans[0].id, groups: [], overtimeMs: { 'x1.25': 3_600_000 } });
});

test('the columns are those of the plan, whoever worked what', async (t) => {
  const text = (await bytesOf(attendanceFile(report(), { format: 'csv', period, plans }))).toString();
  t.regex(text, /,planned,regular,overtime_x1\.25,overtime_unapproved,late,/);
});

test('what was worked is in the columns, also overtime that waits for its approval', async (t) => {
  const overtime = [{ name: 'x1.25', on: 'day', afterMinutes: 480, factor: 1.25 } as const];
  const strict = [set(plan({}, { overtime, overtimeCounts: 'when-approved' }))] as const;
  const file = (by: PlanVersions, format: 'csv' | 'html' | 'xlsx') =>
    bytesOf(attendanceFile(reportBy(by, 'Ada'), { format, period, plans: by }));
  const csv = async (by: PlanVersions) => (await file(by, 'csv')).toString().split('\n');
  // Nine hours: eight regular, and one beyond.
  t.regex((await csv(strict))[1]!, /,540\.00,0\.00,510\.00,480\.00,0\.00,60\.00,/);
  t.regex((await csv(plans))[1]!, /,540\.00,0\.00,510\.00,480\.00,60\.00,0\.00,/);
  const html = (await file(strict, 'html')).toString();
  t.regex(html, /<th>Regular<\/th><th>Not approved<\/th>/);
  t.regex(html, /<td>Sum<\/td>.*<td class="time">8:00<\/td><td class="time">1:00<\/td>/);
  t.notRegex((await file(plans, 'html')).toString(), /Not approved/, 'where nothing waits, the page has the room');
  const people = strFromU8(unzipSync(await file(strict, 'xlsx'))['xl/worksheets/sheet2.xml']!);
  t.regex(people, />Balance<.*>Regular<.*>x1\.25<.*>Not approved<.*>Late</);
});

test('somebody who worked less than was planned: the workbook counts from 1904, so that Excel shows what is negative', async (t) => {
  const files = unzipSync(await bytesOf(attendanceFile(report('Ada'), { format: 'xlsx', period, plans })));
  // Nine hours of 2 * 8:30, which are eight too few.
  t.true(strFromU8(files['xl/worksheets/sheet2.xml']!).includes(`<c s="2"><v>${-8 / 24}</v></c>`));
  t.regex(strFromU8(files['xl/workbook.xml']!), /<workbook [^>]+><workbookPr date1904="1"\/><sheets>/);
});

test('more rows than a spreadsheet has are refused, and not cut off', async (t) => {
  const row = [''];
  const rowsOf = () => Array.from({ length: 100_000 }, () => row);
  const items = (count: number) => Readable.from(Array.from({ length: count }, (_, i) => i));
  const written = bytesOf(workbookOf(items(11), [{ name: 'Days', header: ['Day'], rowsOf }]));
  await t.throwsAsync(written, { code: 'usage.invalid', message: /Days would have more than 1048576 rows/ });
});
