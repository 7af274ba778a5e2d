import { existsSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import type { Browser } from 'playwright-core';
import { hashPin } from '../../../src/access/pin.ts';
import { hubConfigSchema } from '../../../src/config/schema.ts';
import { commandTerminals } from '../../../src/hub-commander.ts';
import { temporaryFolders } from '../../support/folders.ts';
import { needs } from '../../support/require.ts';
import { TestSite } from '../../support/terminal.ts';
import { until } from '../../support/wait.ts';
import {
  assertAccessible,
  assertQuiet,
  chromiumPath,
  keepPicture,
  openPage,
  sizes,
  startBrowser,
} from '../support/browser.ts';
import { clip, nobody, showing, showingTitle, startScreen, toldTo } from '../support/screen.ts';

const folder = temporaryFolders(test);

/** One browser for all. Each scenario asks whether there is one, so that none passes without a word. */
let browser: Browser;
test.before(async () => {
  if (existsSync(chromiumPath)) browser = await startBrowser();
});
test.after.always(() => browser?.close());

test.serial(
  'somebody enrolled walks up: their picture, a frame around the face, a welcome, an open door',
  async (t) => {
    if (!needs(t, 'chromium')) return;
    const site = new TestSite(folder());
    await site.startHub();
    await site.enrol('p01');
    const { url } = await startScreen(t, site, { camera: clip('walkup-p01-blink') });
    const page = await openPage(t, browser, { url });
    await page.locator('.face:not([hidden])').waitFor();
    // Not waitForFunction: what it asks again is asked inside the page, whose policy forbids eval.
    await until(() =>
      page.evaluate<boolean>(`(() => {
        const canvas = document.querySelector('canvas');
        const { data = [] } = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? {};
        return canvas?.width === 640 && data.some((value, i) => i % 4 !== 3 && value > 128);
      })()`),
    );
    await showing(page, 'looking');
    await keepPicture(page, 'terminal-looking');
    await showingTitle(page, { view: 'granted', title: 'Welcome, Ada' });
    await until(() => site.level() === '1');
    await assertAccessible(t, page, 'the welcome');
    await keepPicture(page, 'terminal-welcome');
    assertQuiet(t, page);
  },
);

test.serial(
  'a stranger, and a photograph of somebody enrolled, are told the very same, and nobody is named',
  async (t) => {
    if (!needs(t, 'chromium')) return;
    const site = new TestSite(folder());
    await site.startHub();
    await site.enrol('p01', 'p03');
    const texts: string[] = [];
    for (const [name, fps] of [
      ['walkup-s01-stranger', 10],
      ['attack-phone-photo-p03', 5],
    ] as const) {
      const here = await startScreen(t, site, { camera: clip(name, fps), recognition: { liveness: 'required' } });
      const page = await openPage(t, browser, { url: here.url, size: sizes.portrait });
      const told = await toldTo(page);
      await showing(page, 'denied');
      if (fps === 10) await keepPicture(page, 'terminal-refused');
      texts.push(await page.locator('[data-view="denied"]').innerText());
      if (fps === 10) await assertAccessible(t, page, 'a refusal');
      const all = await told();
      t.regex(all, /"kind":"denied","advice":"not-admitted"/);
      t.notRegex(all, /p0\d|Ada|Chi|spoof|unknown|distance/);
      assertQuiet(t, page);
      await site.stopTerminals();
    }
    t.is(texts[0], texts[1]);
    t.is(site.level() ?? '0', '0');
  },
);

test.serial('a PIN is asked for: by keys a wrong one, by finger the right one, and the door opens', async (t) => {
  if (!needs(t, 'chromium')) return;
  const site = new TestSite(folder());
  const { hub } = await site.startHub();
  await site.enrol('p01');
  await hub.change('p01', { pinHash: await hashPin('2580') });
  await hub.setRules({ secondFactors: { doors: { accept: ['pin'] } }, answerWithinMs: 120_000 });
  const { url } = await startScreen(t, site, { access: { needHubRules: true }, camera: clip('walkup-p01-blink') });
  const page = await openPage(t, browser, { url });
  await showing(page, 'asked');
  t.notRegex(await page.locator('body').innerText(), /Ada/);
  await keepPicture(page, 'terminal-pin');
  await page.setViewportSize(sizes.portrait);
  await assertAccessible(t, page, 'the pad');
  await keepPicture(page, 'terminal-pin-portrait');
  await page.keyboard.type('1470');
  await page.keyboard.press('Enter');
  await page.locator('.refused').waitFor();
  t.is(site.level() ?? '0', '0');
  for (const digit of '2580') await page.getByRole('button', { name: digit, exact: true }).click();
  const seen = Promise.all([showing(page, 'granted'), until(() => site.level() === '1')]);
  await page.getByRole('button', { name: 'OK' }).click();
  await seen;
  assertQuiet(t, page);
  const [granted] = site.events('verdict.granted');
  t.deepEqual([...granted!.body.evidence.access!.factors].sort(), ['face', 'pin']);
});

test.serial(
  'a time clock: recognised, then IN by finger; OUT by keyboard, then recognised; what was before is shown',
  async (t) => {
    if (!needs(t, 'chromium')) return;
    const site = new TestSite(folder());
    await site.startHub();
    await site.enrol('p01');
    const keys = {
      in: { means: 'in', label: 'IN' },
      out: { means: 'out', label: 'OUT' },
      break: { means: 'break-start', label: 'Break' },
    };
    const { url } = await startScreen(t, site, {
      ...{ mode: 'punch', door: undefined, camera: clip('walkup-p01-blink') },
      punch: { direction: 'ask', keys, keyLastsMs: 120_000 },
    });
    const page = await openPage(t, browser, { url });
    await showing(page, 'choose');
    t.is(await page.locator('[data-view="choose"]').innerText(), 'Ada, what shall be recorded?');
    await keepPicture(page, 'terminal-clock-choose');
    await page.getByRole('button', { name: 'IN', exact: true }).click();
    await showingTitle(page, { view: 'punched', title: 'Came in' });
    await assertAccessible(t, page, 'a punch');
    const out = page.locator('.key[aria-pressed="true"]', { hasText: 'OUT' }).waitFor();
    const before = page
      .locator('[data-view="punched"]', { has: page.locator('h1', { hasText: 'Went out' }) })
      .locator('.before', { hasText: 'Came in' })
      .waitFor();
    await page.keyboard.press('2');
    await Promise.all([out, before]);
    await keepPicture(page, 'terminal-clock-punched');
    t.deepEqual(
      site.events('punch.recorded').map(({ body }) => [body.direction, body.by]),
      [
        ['in', 'key'],
        ['out', 'key'],
      ],
    );
    assertQuiet(t, page);
  },
);

test.serial('the screen speaks the language of the site', async (t) => {
  if (!needs(t, 'chromium')) return;
  const site = new TestSite(folder());
  await site.startHub();
  const { url } = await startScreen(t, site, { camera: nobody, screen: { language: 'vi', pinPad: 'always' } });
  const page = await openPage(t, browser, { url });
  await showing(page, 'idle');
  t.is(await page.locator('html').getAttribute('lang'), 'vi');
  t.is(await page.locator('[data-view="idle"]').innerText(), 'Hãy nhìn vào camera');
  await assertAccessible(t, page, 'nobody there, in Vietnamese');
  await keepPicture(page, 'terminal-idle-vi');
  assertQuiet(t, page);
});

test.serial('lockdown, and a broker that is away, are on the screen', async (t) => {
  if (!needs(t, 'chromium')) return;
  const site = new TestSite(folder());
  const { broker } = await site.startHub();
  const { url } = await startScreen(t, site, { camera: nobody, screen: { pinPad: 'always' } });
  const page = await openPage(t, browser, { url });
  await showing(page, 'idle');
  await assertAccessible(t, page, 'nobody there');
  const config = hubConfigSchema.parse({
    ...{ site: 'test', dataFolder: join(site.folder, 'hub') },
    broker: { url: `mqtt://127.0.0.1:${broker!.port}` },
  });
  const command = (verb: string) =>
    commandTerminals(config, { audience: 'front-door', verb, reason: 'a drill', timeoutMs: 60_000 });
  await command('lockdown');
  await showing(page, 'lockdown');
  await assertAccessible(t, page, 'a lockdown');
  await keepPicture(page, 'terminal-lockdown');
  await command('release');
  await showing(page, 'idle');
  t.is(await page.locator('.chip-offline').count(), 0);
  await site.stopHub();
  await page.locator('.chip-offline').waitFor();
  await keepPicture(page, 'terminal-offline');
  await site.startHub();
  await page.locator('.chip-offline').waitFor({ state: 'detached' });
  assertQuiet(t, page);
});
