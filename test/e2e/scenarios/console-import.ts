import { existsSync } from 'node:fs';
import test, { type ExecutionContext } from 'ava';
import type { Browser, Page } from 'playwright-core';
import { startConsole } from '../../console/support/console.ts';
import { needs } from '../../support/require.ts';
import { until } from '../../support/wait.ts';
import { chromiumPath, openPage, startBrowser } from '../support/browser.ts';
import { lineTo } from '../support/line.ts';

let browser: Browser;
test.before(async () => {
  if (existsSync(chromiumPath)) browser = await startBrowser();
});
test.after.always(() => browser?.close());

/** The page for an import before an operator. */
async function beforeImport(t: ExecutionContext) {
  const console = await startConsole(t);
  const line = await lineTo(t, await console.server.listen({ host: '127.0.0.1', port: 0 }));
  const page = await openPage(t, browser, { url: 'about:blank', size: { width: 1280, height: 900 } });
  const [name = '', value = ''] = console.as.operator.cookie.split('=');
  await page.context().addCookies([{ name, value, url: line.url }]);
  await page.goto(`${line.url}/people/import`);
  return { ...console, line, page };
}

async function start(page: Page, many: number): Promise<void> {
  const rows = Array.from({ length: many }, (_, i) => `p${i},Somebody With A Name ${i}`);
  const buffer = Buffer.from(['id,name', ...rows].join('\n'));
  await page.getByLabel('List and pictures').setInputFiles({ name: 'staff.csv', mimeType: 'text/csv', buffer });
  await page.getByRole('button', { name: 'Enrol them' }).click();
}

test.serial('an import of thousands ends on its page, with everybody in its report', async (t) => {
  if (!needs(t, 'chromium')) return;
  const { page } = await beforeImport(t);
  await start(page, 3000);
  await page.getByText('3000 of 3000: over.').waitFor();
  await page.getByText('2500 more are in the report').waitFor();
  await page.getByRole('button', { name: 'Report' }).click({ trial: true });
  await page.getByRole('button', { name: 'Another import' }).click();
  await page.getByText('The import before: 0 of 3000 enrolled, 3000 could not be.').waitFor();
  await page.getByRole('button', { name: 'Its report' }).click();
  await page.getByText('3000 of 3000: over.').waitFor();
  t.pass();
});

test.serial('who loads the page again, or was cut off, has the import that runs, and stops it', async (t) => {
  if (!needs(t, 'chromium')) return;
  const { page, line, hub } = await beforeImport(t);
  let [allowed, enrolled] = [0, 0];
  const goOn = () => void allowed++;
  // Each enrolment takes until the test says so.
  Object.assign(hub.hub, {
    enrol: async ({ id }: { id: string }) => {
      await until(() => enrolled < allowed);
      enrolled++;
      return { id, version: 1, published: true, warnings: id === 'p0' ? ['p0 looks tired.'] : [] };
    },
  });
  const rows = 'id,name,face,cards\np0,Ada,no,4711\np1,Grace,no,4712\np2,Alan,no,4713\np3,Emmy,no,4714';
  const list = { name: 'staff.csv', mimeType: 'text/csv', buffer: Buffer.from(rows) };
  await page.getByLabel('List and pictures').setInputFiles(list);
  await page.getByRole('button', { name: 'Enrol them' }).click();
  await page.getByText('0 of 4: running.').waitFor();
  await page.reload();
  await page.getByText('0 of 4: running.').waitFor();
  goOn();
  await page.getByText('1 of 4: running.').waitFor();
  await page.getByText('p0 looks tired.').waitFor();
  line.become('refuses');
  line.cut();
  await page.getByText('What you see may be old').waitFor();
  goOn();
  line.become('carries');
  await page.getByText('2 of 4: running.').waitFor();
  const stopped = page.waitForResponse((response) => response.request().method() === 'DELETE');
  await page.getByRole('button', { name: 'Stop' }).click();
  await stopped;
  goOn();
  await page.getByText('3 of 4: stopped.').waitFor();
  t.pass();
});

test.serial(
  'pictures that are called otherwise are sent under names of their people; of nobody, they are named and stay',
  async (t) => {
    if (!needs(t, 'chromium')) return;
    const { page } = await beforeImport(t);
    const sent: string[] = [];
    page.on('request', (request) => {
      if (request.method() === 'PUT') sent.push(decodeURIComponent(request.url().split('/').at(-1) as string));
    });
    const picture = { mimeType: 'image/jpeg', buffer: Buffer.from('a picture') };
    const names = ['p0 (1).jpg', 'p0.jpg', 'holiday.jpg'];
    await page.getByLabel('List and pictures').setInputFiles(names.map((name) => ({ ...picture, name })));
    await start(page, 1);
    await page.getByText('1 of 1: over.').waitFor();
    await page.getByText('Pictures of nobody on the list, which were not sent: 1.').waitFor();
    await page.getByText('holiday.jpg').waitFor();
    t.deepEqual(sent.toSorted(), ['p0-1.jpg', 'p0.jpg']);
  },
);
