import { existsSync } from 'node:fs';
import test, { type ExecutionContext } from 'ava';
import type { Browser } from 'playwright-core';
import { startConsole } from '../../console/support/console.ts';
import { march } from '../../console/support/march.ts';
import { temporaryFolders } from '../../support/folders.ts';
import { needs } from '../../support/require.ts';
import { TestSite } from '../../support/terminal.ts';
import { chromiumPath, openPage, startBrowser } from '../support/browser.ts';
import { costOfLoad, type LoadCost } from '../support/load-cost.ts';
import { nobody, startScreen } from '../support/screen.ts';

const folder = temporaryFolders(test);

let browser: Browser;
test.before(async () => {
  if (existsSync(chromiumPath)) browser = await startBrowser();
});
test.after.always(() => browser?.close());

/** Less than 300 KB at first. The main thread's time is held against a loop in the same page: a slow machine slows both. */
function assertLight(
  t: ExecutionContext,
  { bytes, requests, busyMs, loopMs }: LoadCost,
  most: { loops: number },
): void {
  const loops = busyMs / loopMs;
  t.log(
    `${bytes} bytes in ${requests} requests; ${Math.round(busyMs)} ms of the main thread, ${loops.toFixed(1)} loops`,
  );
  t.true(bytes > 10_000 && bytes < 300 * 1024, `${bytes} bytes`);
  t.true(requests > 2 && requests < 15, `${requests} requests`);
  t.true(loops > 0 && loops < most.loops, `${busyMs} ms, ${loopMs} ms for the loop`);
}

test.serial('the console is light: bytes, requests, and the time of a slow processor', async (t) => {
  if (!needs(t, 'chromium')) return;
  const console = await startConsole(t);
  await march(console, { withPictures: false });
  const url = await console.server.listen({ host: '127.0.0.1', port: 0 });
  const page = await openPage(t, browser, { url });
  const [name = '', value = ''] = console.as.administrator.cookie.split('=');
  await page.context().addCookies([{ name, value, url }]);
  assertLight(t, await costOfLoad(page, { url, isThere: 'nav' }), { loops: 50 });
});

test.serial('the screen at the door is light, too', async (t) => {
  if (!needs(t, 'chromium')) return;
  const site = new TestSite(folder());
  await site.startHub();
  const { url } = await startScreen(t, site, { camera: nobody });
  const page = await openPage(t, browser, { url });
  assertLight(t, await costOfLoad(page, { url, isThere: '[data-view="idle"]' }), { loops: 50 });
});
