import { existsSync } from 'node:fs';
import test, { type ExecutionContext } from 'ava';
import type { Browser, Page } from 'playwright-core';
import { storeEvents } from '../../../src/hub/event-store.ts';
import { startConsole } from '../../console/support/console.ts';
import { memoryJournal } from '../../support/memory-journal.ts';
import { needs } from '../../support/require.ts';
import { somebody } from '../../support/sync.ts';
import { until } from '../../support/wait.ts';
import { chromiumPath, openPage, startBrowser } from '../support/browser.ts';
import { lineTo } from '../support/line.ts';

let browser: Browser;
test.before(async () => {
  if (existsSync(chromiumPath)) browser = await startBrowser();
});
test.after.always(() => browser?.close());

/** A console at the end of a line, somebody who is signed in there, and what happens at a terminal. */
async function atTheEndOfALine(t: ExecutionContext) {
  const console = await startConsole(t);
  const line = await lineTo(t, await console.server.listen({ host: '127.0.0.1', port: 0 }));
  const page = await openPage(t, browser, { url: 'about:blank', size: { width: 1280, height: 900 } });
  const [name = '', value = ''] = console.as.operator.cookie.split('=');
  await page.context().addCookies([{ name, value, url: line.url }]);
  const journal = memoryJournal('front');
  const happens = async (many = 1) => {
    const events = Array.from({ length: many }, () => journal.append({ kind: 'clock.stepped', body: { byMs: 1 } }));
    await storeEvents(console.hub.store.db, events as never[], new Date());
  };
  return { ...console, line, page, happens };
}

const isAway = (page: Page) => page.getByText('What you see may be old').waitFor();
const isBack = (page: Page) => page.getByText('What you see may be old').waitFor({ state: 'detached' });
const eventsAre = (page: Page, many: number) =>
  until(async () => (await page.locator('table.rows tbody tr').count()) === many);

test.serial(
  'what happened while the line was cut is in the open list once it is back, and what comes then',
  async (t) => {
    if (!needs(t, 'chromium')) return;
    const { line, page, happens } = await atTheEndOfALine(t);
    await happens();
    await page.goto(`${line.url}/events`);
    await eventsAre(page, 1);
    line.become('refuses');
    line.cut();
    await isAway(page);
    await happens(2);
    line.become('carries');
    await isBack(page);
    await eventsAre(page, 3);
    await happens();
    await eventsAre(page, 4);
    // Somebody who has read on stays where they are, and more came than a page holds.
    line.become('refuses');
    line.cut();
    await isAway(page);
    await happens(120);
    line.become('carries');
    await isBack(page);
    await eventsAre(page, 100);
    await page.getByRole('button', { name: 'Older ones' }).click();
    await eventsAre(page, 124);
    t.pass();
  },
);

test.serial('a server that answers the stream with an error once is asked again', async (t) => {
  if (!needs(t, 'chromium')) return;
  const { line, page, happens } = await atTheEndOfALine(t);
  await happens();
  await page.goto(`${line.url}/events`);
  await eventsAre(page, 1);
  line.become('fails once');
  line.cut();
  await isAway(page);
  await isBack(page);
  await happens();
  await eventsAre(page, 2);
  t.pass();
});

test.serial('a connection that died without a word is noticed, and another one made', async (t) => {
  if (!needs(t, 'chromium')) return;
  const { line, page, happens } = await atTheEndOfALine(t);
  await happens();
  await page.clock.install();
  await page.goto(`${line.url}/events`);
  await eventsAre(page, 1);
  line.become('swallows');
  await happens();
  await page.clock.fastForward(36_000);
  await isAway(page);
  line.become('carries');
  // The attempts of meanwhile are as silent as the connection was.
  await page.clock.fastForward(36_000);
  await isBack(page);
  await eventsAre(page, 2);
  t.pass();
});

test.serial('receipts of an erasure that came while the line was cut are shown', async (t) => {
  if (!needs(t, 'chromium')) return;
  const { server, desk, hub, as, line, page } = await atTheEndOfALine(t);
  await server.inject({
    method: 'POST',
    url: '/api/terminals',
    headers: as.administrator,
    payload: { terminal: 'front' },
  });
  await hub.store.add(somebody('ada'));
  await page.goto(`${line.url}/people/ada`);
  await page.getByRole('button', { name: 'Erase' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Erase' }).click();
  await page.getByText('1 of 1 terminal yet to confirm').waitFor();
  line.become('refuses');
  line.cut();
  await isAway(page);
  await server.inject({ method: 'POST', url: '/api/terminals/front/revocation', headers: as.administrator });
  t.is((await desk.hub.erasureReceipts('ada'))?.terminals.length, 0, 'one that is revoked has nothing to confirm');
  line.become('carries');
  await isBack(page);
  await page.getByText('Nothing of them is left').waitFor();
});
