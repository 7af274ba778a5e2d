import type { ExecutionContext } from 'ava';
import type { Browser, Page } from 'playwright-core';
import type { Role } from '../../../src/console/roles.ts';
import { startConsole, type TestConsole } from '../../console/support/console.ts';
import { march } from '../../console/support/march.ts';
import { openPage } from './browser.ts';

/** A console over a hub that has been at work for some days, and its administrator, who is signed in. */
export async function openBooks(
  t: ExecutionContext,
  browser: Browser,
): Promise<{ readonly console: TestConsole; readonly page: Page; readonly url: string }> {
  const console = await startConsole(t);
  await march(console, { withPictures: true });
  const url = (await console.server.listen({ port: 0 }))
    .replace('127.0.0.1', 'localhost')
    .replace('[::1]', 'localhost');
  const page = await openPage(t, browser, { url: 'about:blank', size: { width: 1280, height: 800 } });
  await signedInAs(page, console, 'administrator');
  return { console, page, url };
}

/** From the next request on, this page is asked for by somebody of this role. */
export async function signedInAs(page: Page, console: TestConsole, role: Role): Promise<void> {
  const [name = '', value = ''] = console.as[role].cookie.split('=');
  await page.context().addCookies([{ name, value, domain: 'localhost', path: '/' }]);
}
