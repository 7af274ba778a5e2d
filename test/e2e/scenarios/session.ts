import { existsSync } from 'node:fs';
import test from 'ava';
import type { Browser, Page } from 'playwright-core';
import { password, startConsole } from '../../console/support/console.ts';
import { movedClock } from '../../console/support/moved-clock.ts';
import { needs } from '../../support/require.ts';
import { chromiumPath, openPage, startBrowser } from '../support/browser.ts';

const minuteMs = 60_000;

let browser: Browser;
test.before(async () => {
  if (existsSync(chromiumPath)) browser = await startBrowser();
});
test.after.always(() => browser?.close());

async function signIn(page: Page, by = password): Promise<void> {
  await page.getByLabel('Name').fill('operator');
  await page.getByLabel('Password').fill(by);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('navigation').waitFor();
}

test.serial(
  "a session ends by the hub's clock: with the next click, and without one; who signs in again goes on",
  async (t) => {
    if (!needs(t, 'chromium')) return;
    const clock = movedClock();
    const { server } = await startConsole(t, { clock });
    const url = await server.listen({ host: '127.0.0.1', port: 0 });
    const page = await openPage(t, browser, { url: `${url}/people`, size: { width: 1280, height: 800 } });
    await signIn(page);

    clock.by(29 * minuteMs);
    await page.getByRole('link', { name: 'Rules' }).click();
    await page.getByRole('heading', { name: 'Rules' }).waitFor();
    await page.getByRole('link', { name: 'People' }).click();
    await page.getByRole('heading', { name: 'People' }).waitFor();
    const [cookie] = await page.context().cookies();
    clock.by(31 * minuteMs);
    await page.getByRole('link', { name: 'Rules' }).click();
    await page.getByText('You were signed out, after a while without use').waitFor();
    t.is(await page.getByRole('navigation').count(), 0);
    t.is((await page.context().cookies())[0]?.value, cookie!.value, 'it is the hub that ended it');

    await signIn(page);
    await page.getByRole('heading', { name: 'Rules' }).waitFor();
    clock.by(31 * minuteMs);
    // Nobody touches anything: what is on the screen is not to stay there for whoever comes by.
    await page.getByText('You were signed out, after a while without use').waitFor();
    t.is(await page.getByRole('navigation').count(), 0);
  },
);

test.serial("one's own password is set as it was typed, a blank at its end included", async (t) => {
  if (!needs(t, 'chromium')) return;
  const { server } = await startConsole(t);
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  const page = await openPage(t, browser, { url, size: { width: 1280, height: 800 } });
  await signIn(page);
  const change = async (before: string, after: string) => {
    await page.getByTitle('Change your password').click();
    await page.getByLabel('Your password so far').fill(before);
    await page.getByLabel('The new one').fill(after);
    await page.getByRole('button', { name: 'Change it' }).click();
    await page.getByText('Your password is changed').waitFor();
  };
  await change(password, 'quite another horse ');
  await signIn(page, 'quite another horse ');
  await change('quite another horse ', 'and quite another one');
  await signIn(page, 'and quite another one');
  t.pass();
});
