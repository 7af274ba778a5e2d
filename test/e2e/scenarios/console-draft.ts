import { existsSync } from 'node:fs';
import test, { type ExecutionContext } from 'ava';
import type { Browser, Page } from 'playwright-core';
import { password, type TestConsole } from '../../console/support/console.ts';
import { rules } from '../../console/support/march.ts';
import { needs } from '../../support/require.ts';
import { openBooks } from '../support/books.ts';
import { assertQuiet, chromiumPath, keepInBothThemes, startBrowser } from '../support/browser.ts';

let browser: Browser;
test.before(async () => {
  if (existsSync(chromiumPath)) browser = await startBrowser();
});
test.after.always(() => browser?.close());

const goTo = (page: Page, name: string) => page.getByRole('navigation').getByRole('link', { name }).click();

const answer = (page: Page, verb: string) => page.locator('dialog').getByRole('button', { name: verb }).click();

/** What the tab keeps for a reload. */
const keptInTab = (page: Page) => page.evaluate<string | null>("sessionStorage.getItem('limen-rules-draft')");

/** Office hours until eight, by the form for that. */
async function changeOffice(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Change office' }).click();
  await page.getByLabel('Period 1 to').fill('20:00');
  await page.getByRole('button', { name: 'Into the draft' }).click();
  await page.locator('dialog').waitFor({ state: 'detached' });
}

async function signIn(page: Page, name: string): Promise<void> {
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('navigation').waitFor();
}

/** Somebody else is faster. */
async function publishElsewhere(t: ExecutionContext, { server, as }: TestConsole, basedOn: number): Promise<void> {
  const payload = { text: JSON.stringify({ ...rules, answerWithinMs: 30_000 + basedOn }), basedOn };
  const { statusCode } = await server.inject({ method: 'PUT', url: '/api/rules', headers: as.administrator, payload });
  t.is(statusCode, 200);
}

test.serial('a draft of rules outlives the page and a reload, and overwrites nobody', async (t) => {
  if (!needs(t, 'chromium')) return;
  const { console, page, url } = await openBooks(t, browser);
  await page.goto(`${url}/rules`);
  await changeOffice(page);
  await page.getByText('A draft: no terminal knows of it yet.').waitFor();

  await goTo(page, 'Events');
  await page.getByRole('heading', { name: 'Events' }).waitFor();
  await page.getByRole('navigation').getByText('draft', { exact: true }).waitFor();
  await goTo(page, 'Rules');
  await page.getByText('You have changes that nobody has yet.').waitFor();
  await page.getByText('07:00 to 20:00').waitFor();
  await page.reload();
  await page.getByText('You have changes that nobody has yet.').waitFor();
  await page.getByText('07:00 to 20:00').waitFor();
  await page.getByText('Begun on version 1, which is in force.').waitFor();

  await publishElsewhere(t, console, 1);
  await page.getByRole('button', { name: 'Publish' }).click();
  await answer(page, 'Publish');
  await page.getByText('Somebody has published version 2 since.').waitFor();
  await page.getByText('07:00 to 20:00').waitFor();
  t.is(await page.getByRole('button', { name: 'Publish' }).count(), 0);
  await keepInBothThemes(t, page, 'console-rules-draft');
  await page.getByRole('button', { name: 'See what is in force' }).click();
  await page.getByText('07:00 to 18:30').waitFor();
  t.is(await page.getByRole('button', { name: 'Change office' }).count(), 0, 'what is in force is only looked at');
  await page.getByRole('button', { name: 'Back to the draft' }).click();
  await page.getByText('07:00 to 20:00').waitFor();
  await page.getByRole('button', { name: 'Go on from version 2' }).click();
  await answer(page, 'Go on');
  await page.getByRole('button', { name: 'Publish' }).click();
  await answer(page, 'Publish');
  await page.getByText('Version 3 of the rules is set.').waitFor();
  const published = await console.hub.hub.rules();
  t.is(published?.version, 3);
  t.like(published?.rules, { schedules: { office: { periods: [{ to: '20:00' }, { to: '12:00' }] } } });
  t.is(await keptInTab(page), null);
  t.is(await page.getByRole('navigation').getByText('draft', { exact: true }).count(), 0);
});

test.serial('a draft is thrown away only when that was asked, and is nobody else’s', async (t) => {
  if (!needs(t, 'chromium')) return;
  const { page, url } = await openBooks(t, browser);
  await page.goto(`${url}/rules`);
  await page.getByRole('button', { name: 'As text' }).click();
  const text = page.getByLabel('The rules, YAML');
  const right = await text.inputValue();
  await text.fill(right.replace('permissions:', 'permisions:'));
  // What makes no sense is not drawn, nor lost.
  await page.getByRole('button', { name: 'Drawn' }).click();
  await page.getByText('did you mean "permissions"?').waitFor();
  await page.reload();
  await page.getByText('This draft cannot be published as it is.').waitFor();
  t.regex(await text.inputValue(), /permisions:/);

  await page.getByRole('button', { name: 'Discard' }).click();
  await answer(page, 'Cancel');
  t.regex(await text.inputValue(), /permisions:/);
  await page.getByRole('button', { name: 'Discard' }).click();
  await answer(page, 'Discard it');
  await page.getByText('This draft cannot be published as it is.').waitFor({ state: 'detached' });
  t.is(await text.inputValue(), right);
  t.is(await keptInTab(page), null);

  await page.getByRole('button', { name: 'Drawn' }).click();
  await changeOffice(page);
  assertQuiet(t, page);
  await page.context().clearCookies();
  await goTo(page, 'Events');
  await page.getByText('You were signed out').waitFor();
  await signIn(page, 'administrator');
  await goTo(page, 'Rules');
  await page.getByText('You have changes that nobody has yet.').waitFor();

  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByText('The draft is thrown away when you sign out.').waitFor();
  await answer(page, 'Cancel');
  t.not(await keptInTab(page), null);
  await page.context().clearCookies();
  await goTo(page, 'Events');
  await page.getByText('You were signed out').waitFor();
  await signIn(page, 'operator');
  t.is(await keptInTab(page), null, 'somebody else signed in');
  await goTo(page, 'Rules');
  await page.getByRole('heading', { name: 'Schedules' }).waitFor();
  t.is(await page.getByText('You have changes').count(), 0);

  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('Password').waitFor();
  await signIn(page, 'administrator');
  await goTo(page, 'Rules');
  await changeOffice(page);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await answer(page, 'Sign out');
  await page.getByLabel('Password').waitFor();
  t.is(await keptInTab(page), null);
  await signIn(page, 'administrator');
  await goTo(page, 'Rules');
  await page.getByRole('heading', { name: 'Schedules' }).waitFor();
  t.is(await page.getByText('You have changes').count(), 0);
});
