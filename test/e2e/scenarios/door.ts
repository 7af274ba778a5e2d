import { existsSync } from 'node:fs';
import test from 'ava';
import type { Browser, Page } from 'playwright-core';
import { temporaryFolders } from '../../support/folders.ts';
import { needs } from '../../support/require.ts';
import { until } from '../../support/wait.ts';
import { assertQuiet, chromiumPath, startBrowser } from '../support/browser.ts';
import { enrolByFiles, OwnedSite } from '../support/owned-site.ts';
import { showing, showingTitle, toldTo } from '../support/screen.ts';

const folder = temporaryFolders(test);
const door = { driver: 'simulated', pulseMs: 2000 };

/** One browser for all. Each scenario asks whether there is one, so that none passes without a word. */
let browser: Browser;
test.before(async () => {
  if (existsSync(chromiumPath)) browser = await startBrowser();
});
test.after.always(() => browser?.close());

/** The console's list of events, opened before anything happens and never loaded anew. */
async function openEvents(site: OwnedSite): Promise<Page> {
  const page = await site.openConsole(browser);
  await page.getByRole('navigation').getByRole('link', { name: 'Events' }).click();
  await page.getByRole('heading', { name: 'Events' }).waitFor();
  return page;
}

/** What the list says, the newest first. */
const rows = (events: Page, ...texts: readonly (string | RegExp)[]) =>
  texts.reduce((found, hasText) => found.filter({ hasText }), events.locator('tbody tr'));

/** Answer a question of the console. */
async function confirm(page: Page, { verb, why }: { readonly verb: string; readonly why?: string }): Promise<void> {
  const dialog = page.locator('dialog');
  if (why !== undefined) await dialog.getByLabel('Why?').fill(why);
  await dialog.getByRole('button', { name: verb }).click();
  await dialog.waitFor({ state: 'detached' });
}

/** Change something, and wait until the terminal has heard of it. */
async function heardOf(site: OwnedSite, change: () => Promise<void>): Promise<void> {
  const updates = () => site.door.events('gallery.updated').length;
  const before = updates();
  await change();
  await until(() => updates() > before);
}

/** Nobody before the camera, and the screen as it is then. */
async function leave(site: OwnedSite, screen: Page): Promise<void> {
  site.stage.show('nobody');
  await showing(screen, 'idle');
  await until(() => site.door.level() === '0');
}

test.serial('refused, enrolled by files, welcomed, and in the list at once; suspended, resumed, erased', async (t) => {
  if (!needs(t, 'chromium')) return;
  const site = await OwnedSite.start(t, folder());
  const screen = await site.openScreen(browser, { door });
  const [console, events] = [await site.openConsole(browser), await openEvents(site)];

  site.stage.show('p01');
  await showing(screen, 'denied');
  const toStrangers = await screen.locator('[data-view="denied"]').innerText();
  await rows(events, 'Refused').first().waitFor();
  await enrolByFiles(console, { of: 'p01' });
  await showingTitle(screen, { view: 'granted', title: 'Welcome, Ada' });
  await until(() => site.door.level() === '1');
  await rows(events, 'Let in', 'Ada').first().waitFor();
  await rows(events, 'The door was unlocked').first().waitFor();

  await leave(site, screen);
  const told = await toldTo(screen);
  await heardOf(site, async () => {
    await console.getByRole('button', { name: 'Suspend' }).click();
    await confirm(console, { verb: 'Suspend', why: 'card stolen' });
  });
  site.stage.show('p01');
  await showingTitle(screen, { view: 'denied', title: 'Access not valid today' });
  await rows(events, 'Refused: not valid any more').first().waitFor();
  t.is(site.door.level(), '0');
  t.notRegex(await told(), /Ada|p01|suspend|stolen/);

  await leave(site, screen);
  await heardOf(site, async () => {
    await console.getByRole('button', { name: 'Let pass again' }).click();
    await confirm(console, { verb: 'Let pass again' });
  });
  const before = await rows(events, 'Let in').count();
  site.stage.show('p01');
  await showing(screen, 'granted');
  await until(() => site.door.level() === '1');
  await rows(events, 'Let in', 'Ada').nth(before).waitFor();

  await leave(site, screen);
  const since = (await told()).length;
  await heardOf(site, async () => {
    await console.getByRole('button', { name: 'Erase' }).click();
    await console.locator('dialog').getByRole('button', { name: 'Erase' }).click();
    await console.getByText('Nothing of them is left: here, and at every terminal.').waitFor();
  });
  site.stage.show('p01');
  await showing(screen, 'denied');
  t.is(await screen.locator('[data-view="denied"]').innerText(), toStrangers);
  t.is(site.door.level(), '0');
  t.notRegex((await told()).slice(since), /Ada|p01/);
  for (const page of [screen, console, events]) assertQuiet(t, page);
});

test.serial(
  'locked down from the console, a face opens nothing; a terminal that is revoked is not believed',
  async (t) => {
    if (!needs(t, 'chromium')) return;
    const site = await OwnedSite.start(t, folder());
    const screen = await site.openScreen(browser, { door });
    const [console, events] = [await site.openConsole(browser), await openEvents(site)];
    await heardOf(site, () => enrolByFiles(console, { of: 'p01' }));

    const told = await toldTo(screen);
    await console.goto(`${site.url}/terminals/front-door`);
    await console.getByRole('button', { name: 'Lock down' }).click();
    await confirm(console, { verb: 'Lock down', why: 'a drill' });
    await showing(screen, 'lockdown');
    await rows(events, 'Locked down').waitFor();
    site.stage.show('p01');
    await site.door.event('door.refused');
    await rows(events, 'An opening was refused', /Ada|p01/)
      .first()
      .waitFor();
    await showing(screen, 'lockdown');
    t.is(site.door.events('door.unlocked').length, 0);
    t.is(site.door.level() ?? '0', '0');
    t.notRegex(await told(), /Ada|p01|drill/);

    site.stage.show('nobody');
    await console.getByRole('button', { name: 'End lockdown' }).click();
    await confirm(console, { verb: 'End lockdown' });
    await showing(screen, 'idle');
    site.stage.show('p01');
    await showing(screen, 'granted');
    await until(() => site.door.level() === '1');
    await rows(events, 'The door was unlocked').first().waitFor();

    await leave(site, screen);
    await console.getByRole('button', { name: 'Revoke' }).click();
    await confirm(console, { verb: 'Revoke it' });
    await enrolByFiles(console, { of: 'p05' });
    const seen = site.door.events('verdict.denied').length;
    site.stage.show('p05');
    await until(() => site.door.events('verdict.denied').length > seen);
    await showing(screen, 'denied');
    t.is(site.door.level(), '0');
    const last = site.door.events('verdict.denied').at(-1)!;
    t.is(last.body.reason, 'unknown');
    await until(() => /front-door was revoked/.test(site.said));
    const listed = await console.evaluate<string>("fetch('/api/events').then((answer) => answer.text())");
    t.false(listed.includes(last.id));
    await console.goto(`${site.url}/terminals/front-door`);
    await console.getByText('revoked', { exact: true }).first().waitFor();
    t.is(await console.getByRole('button', { name: 'Unlock', exact: true }).count(), 0);
  },
);

test.serial(
  'a PIN without a face: wrong ones lock it out, which only its owner is told; then the right one opens',
  async (t) => {
    if (!needs(t, 'chromium')) return;
    const site = await OwnedSite.start(t, folder());
    const screen = await site.openScreen(browser, { door, screen: { pinPad: 'always' } });
    const [console, events] = [await site.openConsole(browser), await openEvents(site)];
    await heardOf(site, () => enrolByFiles(console, { of: 'p01', as: '1001', pin: '2580' }));
    await publishRules(console, site);
    await site.door.event('access.rules-updated');

    t.is(await typedAtOnce(screen, '2580'), '2580');
    const told = await toldTo(screen);
    let refusals = 0;
    const type = async (number: string, pin: string) => {
      await screen.getByRole('button', { name: 'PIN', exact: true }).click();
      for (const digits of [number, pin]) {
        await screen.keyboard.type(digits);
        await screen.keyboard.press('Enter');
      }
    };
    const refused = async (number: string, pin: string) => {
      await type(number, pin);
      refusals++;
      await until(async () => (await told()).includes(`"refusals":${refusals}`));
      t.is(await screen.locator('.refused').innerText(), 'Not accepted');
      t.is(site.door.level() ?? '0', '0');
    };
    await refused('9999', '1470');
    for (const wrong of ['1470', '1471', '1472']) await refused('1001', wrong);
    // The same word to the right PIN: whoever tries them is not told that this one was it, nor that nothing counts now.
    await refused('1001', '2580');
    const views = (await told()).match(/"view":\{[^}]*\}/g) ?? [];
    t.deepEqual([...new Set(views)], ['"view":{"kind":"idle"}']);
    await rows(events, 'Refused: has to wait after failures').first().waitFor();
    await rows(events, 'A pin was refused').nth(3).waitFor();
    t.is(await rows(events, 'A pin was refused').count(), 4);

    site.stage.show('p01');
    await showingTitle(screen, { view: 'denied', title: 'Wait a while' });
    t.notRegex(await told(), /Ada|"1001"/);
    await leave(site, screen);

    // Both are short, and are looked for before they can come: nobody stands before the camera to be let in again.
    const opened = until(() => site.door.level() === '1');
    const welcomed = screen.locator('[data-view="granted"]').waitFor({ timeout: 0 });
    const isIn = () => site.door.events('verdict.granted').length > 0;
    while (!isIn()) {
      await type('1001', '2580');
      const tried = ++refusals;
      await until(async () => isIn() || (await told()).includes(`"refusals":${tried}`));
    }
    await Promise.all([opened, welcomed]);
    await rows(events, 'A pin was right').waitFor();
    await rows(events, 'Let in', 'Ada').waitFor();
    t.deepEqual(site.door.events('verdict.granted')[0]!.body.evidence.access?.factors, ['pin']);
    for (const page of [screen, console, events]) assertQuiet(t, page);
  },
);

/** What the pad shows of digits that are pressed before it is painted; it is shut again. */
async function typedAtOnce(screen: Page, digits: string): Promise<string> {
  const button = screen.getByRole('button', { name: 'PIN', exact: true });
  const shown = await screen.evaluate<string>(`(async () => {
    const rendered = () => new Promise((done) => setTimeout(done));
    [...document.querySelectorAll('button')].find(({ textContent }) => textContent.trim() === 'PIN').click();
    await rendered();
    for (const key of '${digits}') dispatchEvent(new KeyboardEvent('keydown', { key }));
    await rendered();
    return document.querySelector('.typed [aria-hidden]').textContent;
  })()`);
  await screen.keyboard.press('Escape');
  await button.waitFor();
  return shown;
}

/** A PIN is asked for, and is enough by itself; three that are wrong lock it out, for longer than the fourth takes to type. */
async function publishRules(console: Page, { url }: OwnedSite): Promise<void> {
  await console.goto(`${url}/rules`);
  await console.getByRole('button', { name: 'As text' }).click();
  const text = [
    'secondFactors: { doors: { accept: [pin] } }',
    'withoutFace: id-and-pin',
    'lockOut: { attempts: 3, firstMs: 120000 }',
  ];
  await console.getByLabel('The rules, YAML').fill(`${text.join('\n')}\n`);
  await console.getByRole('button', { name: 'Publish' }).click();
  await confirm(console, { verb: 'Publish' });
  await console.getByText('Version 1 of the rules is set.').waitFor();
}
