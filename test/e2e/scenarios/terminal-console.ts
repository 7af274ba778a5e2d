import { existsSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { Browser, Page } from 'playwright-core';
import { temporaryFolders } from '../../support/folders.ts';
import { needs } from '../../support/require.ts';
import { TestSite } from '../../support/terminal.ts';
import { until } from '../../support/wait.ts';
import {
  assertAccessibleInBothThemes,
  assertQuiet,
  chromiumPath,
  keepInBothThemes,
  openPage,
  startBrowser,
} from '../support/browser.ts';
import { administrator } from '../support/console-site.ts';
import { type OwnConsole, startOwnConsole } from '../support/own-console.ts';
import { Stage } from '../support/stage.ts';

const folder = temporaryFolders(test);
const size = { width: 1280, height: 800 };
const operator = { name: 'grace', password: 'a battery of horses' };

/** One browser for all. Each scenario asks whether there is one, so that none passes without a word. */
let browser: Browser;
test.before(async () => {
  if (existsSync(chromiumPath)) browser = await startBrowser();
});
test.after.always(() => browser?.close());

/** A door that knows some people, whose hub and broker are gone. */
async function leftAlone(t: ExecutionContext): Promise<{ site: TestSite; stage: Stage; own: OwnConsole }> {
  const site = new TestSite(folder(), 'hq');
  const stage = new Stage(join(site.folder, 'stage'));
  const { hub } = await site.startHub();
  await site.enrol('p01', 'p02', 'p03');
  for (const [id, groups] of [
    ['p01', ['staff']],
    ['p02', ['staff', 'office']],
  ] as const)
    await hub.change(id, { groups });
  const door = { driver: 'simulated', pulseMs: 2000 };
  const own = await startOwnConsole(t, site, { camera: stage.camera, door });
  await until(() => site.events('gallery.updated').some(({ body }) => body.version >= 5));
  await site.stopHub();
  await site.event('broker.lost');
  return { site, stage, own };
}

/** The first start: nothing but an account. */
async function setUp(t: ExecutionContext, page: Page, code: string): Promise<void> {
  await page.getByLabel('Setup code').fill(code);
  await page.getByLabel('Name').fill(administrator.name);
  await page.getByLabel('Password').fill(administrator.password);
  await page.getByLabel('Once more').fill(administrator.password);
  await keepInBothThemes(t, page, 'terminal-console-first-start');
  await page.getByRole('button', { name: 'Make this account' }).click();
  await page.getByRole('heading', { name: 'front-door', level: 1 }).waitFor();
}

async function signIn(page: Page, { name, password }: { name: string; password: string }): Promise<void> {
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('navigation').waitFor();
}

const goTo = (page: Page, name: string) =>
  page.getByRole('navigation').getByRole('link', { name, exact: true }).click();

/** As the page is when it is opened. */
const toTop = (page: Page) => page.evaluate('scrollTo(0, 0)');

/** What a list of events says, the newest first. */
const rows = (page: Page, ...texts: readonly (string | RegExp)[]) =>
  texts.reduce((found, hasText) => found.filter({ hasText }), page.locator('tbody tr'));

/** Tell the door something, and say why. */
async function tell(page: Page, verb: string, why: string): Promise<void> {
  await page.getByRole('button', { name: verb, exact: true }).click();
  const dialog = page.locator('dialog');
  await dialog.getByLabel('Why?').fill(why);
  await dialog.getByRole('button', { name: verb, exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
}

/** As a program would, whatever the page offers; the status of the answer. */
const command = (page: Page, verb: string) =>
  page.evaluate(
    (body) =>
      fetch('/api/terminals/front-door/commands', {
        method: 'POST',
        headers: { 'x-limen': '1', 'content-type': 'application/json' },
        body,
      }).then(({ status }) => status),
    JSON.stringify({ verb }),
  );

test.serial(
  'the hub is away: set up with a code, watched live, the door unlocked and locked down from its own console',
  async (t) => {
    if (!needs(t, 'chromium')) return;
    const { site, stage, own } = await leftAlone(t);
    const page = await openPage(t, browser, { url: own.url, size });
    await setUp(t, page, own.code);
    await until(async () => (await page.title()) === 'front-door');
    await page.locator('.facts .badge', { hasText: 'locked' }).waitFor();
    await page.locator('.facts .badge', { hasText: 'not reached' }).waitFor();
    await page.getByText('per second').first().waitFor();
    t.deepEqual(await page.getByRole('navigation').getByRole('listitem').allInnerTexts(), [
      ...['This terminal', 'People', 'Events', 'Settings', 'Accounts', 'Changes'],
    ]);

    const events = await openPage(t, browser, { url: 'about:blank', size });
    await events.context().addCookies(await page.context().cookies());
    await events.goto(`${own.url}/events`);
    await events.getByRole('heading', { name: 'Events' }).waitFor();
    stage.show('p01');
    await rows(events, 'Let in', 'Ada').first().waitFor();
    await rows(events, 'The door was unlocked').first().waitFor();
    await page.getByRole('cell', { name: 'Let in', exact: true }).first().waitFor();
    stage.show('nobody');
    await until(() => site.level() === '0');

    const before = site.events('door.unlocked').length;
    // Watched from before it is asked for: the page may take longer to say so than the pulse lasts.
    const opened = until(() => site.level() === '1');
    await tell(page, 'Unlock', 'a parcel');
    await opened;
    await page.getByText('Done at front-door.').waitFor();
    t.is(site.events('door.unlocked').length, before + 1);
    await rows(events, /unlock/, administrator.name)
      .first()
      .waitFor();
    await until(() => site.level() === '0');
    await page.getByRole('button', { name: 'Fetch diagnosis' }).click();
    await page.getByText('Memory of limen').waitFor();
    await toTop(page);
    await keepInBothThemes(t, page, 'terminal-console');
    await keepInBothThemes(t, events, 'terminal-console-events');

    const openedAgain = until(() => site.level() === '1');
    await tell(page, 'Unlock', 'a second one');
    await openedAgain;
    await tell(page, 'Lock', 'enough');
    await until(() => site.level() === '0');
    for (const one of [page, events]) assertQuiet(t, one);
  },
);

test.serial('an operator locks down and cannot end it, an administrator can; every page is looked at', async (t) => {
  if (!needs(t, 'chromium')) return;
  const { site, stage, own } = await leftAlone(t);
  const page = await openPage(t, browser, { url: `${own.url}/#code=${own.code}`, size });
  await setUp(t, page, own.code);

  await goTo(page, 'Accounts');
  await page.getByRole('button', { name: 'Add an account' }).click();
  await page.locator('input[name=name]').fill(operator.name);
  await page.locator('input[name=password]').fill(operator.password);
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByRole('row', { name: /^grace/ }).waitFor();
  await assertAccessibleInBothThemes(t, page, 'accounts of a terminal');

  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('Password').waitFor();
  await assertAccessibleInBothThemes(t, page, 'signing in at a terminal');
  await signIn(page, operator);
  await tell(page, 'Lock down', 'somebody shouts');
  await page.locator('.facts .badge', { hasText: 'lockdown' }).waitFor();
  await page.getByText('Here only an administrator can end that').waitFor();
  for (const verb of ['Unlock', 'Lock', 'End lockdown'])
    t.is(await page.getByRole('button', { name: verb, exact: true }).count(), 0, verb);
  await keepInBothThemes(t, page, 'terminal-console-lockdown');
  t.is(await command(page, 'release'), 403);
  t.is(await command(page, 'unlock'), 200, 'it is heard, and the door refuses');
  await until(() => site.events('door.refused').length === 1);
  stage.show('p01');
  await until(() => site.events('door.refused').length > 1);
  t.is(site.level() ?? '0', '0');
  t.deepEqual(site.events('door.unlocked'), []);
  stage.show('nobody');

  await page.getByRole('button', { name: 'Sign out' }).click();
  await signIn(page, administrator);
  await tell(page, 'End lockdown', 'it was a drill');
  await page.locator('.facts .badge', { hasText: /^locked$/ }).waitFor();

  await goTo(page, 'People');
  await page.getByText('People are enrolled, changed and erased at the hub').waitFor();
  await page.getByRole('link', { name: 'Ada' }).waitFor();
  t.is(await page.getByRole('link', { name: /Enrol|Import/ }).count(), 0);
  await keepInBothThemes(t, page, 'terminal-console-people');
  await page.getByRole('link', { name: 'Ada' }).click();
  await page.getByRole('heading', { name: 'What they have and may' }).waitFor();
  t.deepEqual(await page.locator('main').getByRole('button').allInnerTexts(), []);
  await assertAccessibleInBothThemes(t, page, 'a person, at a terminal');
  await goTo(page, 'Settings');
  await page.getByRole('heading', { name: 'Configuration in force' }).waitFor();
  await page.getByText('pulseMs: 2000').waitFor();
  await keepInBothThemes(t, page, 'terminal-console-settings');
  await goTo(page, 'Changes');
  await page.getByRole('row', { name: /grace.*lockdown/ }).waitFor();
  await keepInBothThemes(t, page, 'terminal-console-changes');
  await page.goto(`${own.url}/rules`);
  await page.getByText('There is no such page').waitFor();
  await page.getByRole('link', { name: 'To this terminal' }).click();
  await page.getByRole('heading', { name: 'What happened here' }).waitFor();
  own.terminal.kill('SIGTERM');
  await own.terminal;
  await page.getByText('The terminal does not answer.').waitFor();
});

test.serial('what was done at the door while the hub was away is in its books once it is back', async (t) => {
  if (!needs(t, 'chromium')) return;
  const { site, own } = await leftAlone(t);
  const page = await openPage(t, browser, { url: own.url, size });
  await setUp(t, page, own.code);
  await tell(page, 'Unlock', 'a parcel');
  await site.event('door.unlocked');
  await site.startHub();
  await page.locator('.facts .badge', { hasText: 'connected' }).waitFor();
  await until(async () => {
    const known = JSON.stringify(await site.hub!.hub.events({ terminal: 'front-door' }));
    return known.includes(administrator.name) && known.includes('a parcel');
  });
  t.pass();
});
