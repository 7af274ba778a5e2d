import { existsSync, readFileSync } from 'node:fs';
import test from 'ava';
import type { Browser } from 'playwright-core';
import { needs } from '../../support/require.ts';
import { until } from '../../support/wait.ts';
import { openBooks, signedInAs } from '../support/books.ts';
import { assertQuiet, chromiumPath, keepInBothThemes, startBrowser } from '../support/browser.ts';

let browser: Browser;
test.before(async () => {
  if (existsSync(chromiumPath)) browser = await startBrowser();
});
test.after.always(() => browser?.close());

test.serial(
  'what happened is read, why it did is explained, rules are changed, time is mended, the risk is seen',
  async (t) => {
    if (!needs(t, 'chromium')) return;
    const { console, page, url } = await openBooks(t, browser);

    await page.goto(`${url}/events`);
    await page.getByRole('cell', { name: 'Refused: nobody who is enrolled', exact: true }).waitFor();
    await keepInBothThemes(t, page, 'console-events');
    await page.getByRole('button', { name: /Details of Refused: nobody/ }).click();
    await page.getByRole('img', { name: 'Distance 0.4700, beyond τ 0.3400' }).waitFor();
    await keepInBothThemes(t, page, 'console-event');
    await page.keyboard.press('Escape');
    await page.getByLabel('What', { exact: true }).selectOption('Refusals');
    await page.locator('tbody tr').nth(1).waitFor();
    await until(async () => (await page.locator('tbody tr').count()) === 2);
    await page.getByLabel('What', { exact: true }).selectOption('Everything');
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'CSV' }).click()]);
    t.regex(readFileSync(await file.path(), 'utf8'), /^terminal,seq,at/);

    await page.getByLabel('What', { exact: true }).selectOption('Refusals');
    await page.getByRole('button', { name: /Details of Refused: not at this time/ }).click();
    await page.getByRole('link', { name: 'What do the rules say about it?' }).click();
    await page.getByText('Alan Turing at front-door, Tuesday, 3 March 2026, 19:30: Would not pass.').waitFor();
    await keepInBothThemes(t, page, 'console-rules');
    await page.locator('.answer').scrollIntoViewIfNeeded();
    await keepInBothThemes(t, page, 'console-explain');
    await page.getByRole('button', { name: 'Change office' }).click();
    await page.getByLabel('Period 1 to').fill('20:00');
    await keepInBothThemes(t, page, 'console-schedule');
    await page.getByRole('button', { name: 'Into the draft' }).click();
    await page.getByText('A draft: no terminal knows of it yet.').waitFor();
    await page.getByRole('button', { name: 'Add an interlock' }).click();
    await page.locator('dialog').getByLabel('Name').fill('lock-room');
    await page.locator('dialog').getByText('front-door', { exact: true }).click();
    await page.getByRole('button', { name: 'Into the draft' }).click();
    await page.locator('dialog small.wrong').waitFor();
    await keepInBothThemes(t, page, 'console-interlock');
    await page.locator('dialog').getByText('back-door', { exact: true }).click();
    await page.getByRole('button', { name: 'Into the draft' }).click();
    await page.getByText('of front-door, back-door one opens only while the others are closed').waitFor();
    await page.getByRole('button', { name: 'Add free access' }).click();
    await page.locator('dialog').getByLabel('Name').fill('shop-hours');
    await page.locator('dialog').getByText('front-door', { exact: true }).click();
    await page.locator('dialog').getByLabel('Schedule').selectOption('office');
    await keepInBothThemes(t, page, 'console-free-access');
    await page.getByRole('button', { name: 'Into the draft' }).click();
    await page.getByText('front-door left open by the schedule office').waitFor();
    await page.getByRole('button', { name: 'Change what is so for the whole site' }).click();
    await page.getByLabel('Time zone').fill('Europe/Berlyn');
    await page.getByLabel('Failures of a person').fill('3');
    await page.getByRole('button', { name: 'Into the draft' }).click();
    await page.getByText('no time zone; IANA names are written like Europe/Berlin').waitFor();
    await keepInBothThemes(t, page, 'console-rules-besides');
    await page.getByLabel('Time zone').fill('Europe/Vienna');
    await page.getByRole('button', { name: 'Into the draft' }).click();
    await page.getByText('after 3 wrong PINs or cards').waitFor();
    await page.getByRole('button', { name: 'As text' }).click();
    const text = page.getByLabel('The rules, YAML');
    const right = await text.inputValue();
    t.regex(right, /to: "?20:00"?/);
    await text.fill(right.replace('permissions:', 'permisions:'));
    await page.getByRole('button', { name: 'Check it' }).click();
    await page.getByText('did you mean "permissions"?').waitFor();
    await keepInBothThemes(t, page, 'console-rules-text');
    await text.fill(right);
    await page.getByRole('button', { name: 'Publish' }).click();
    await page.locator('dialog').getByRole('button', { name: 'Publish' }).click();
    await page.getByText('Version 2 of the rules is set.').waitFor();
    const published = await console.hub.hub.rules();
    t.is(published?.version, 2);
    t.like(published?.rules, {
      timeZone: 'Europe/Vienna',
      interlocks: { 'lock-room': { terminals: ['front-door', 'back-door'], staleAfterMs: 30_000 } },
      freeAccess: { 'shop-hours': { terminals: ['front-door'], schedule: 'office' } },
      lockOut: { attempts: 3 },
    });

    await page.getByRole('link', { name: 'Attendance' }).click();
    await page.getByLabel('First day').fill('2026-03-02');
    await page.getByLabel('Last day').fill('2026-03-06');
    await page.getByText('An IN without an OUT').waitFor();
    await keepInBothThemes(t, page, 'console-attendance');
    await page.getByRole('button', { name: 'Add OUT at the end of the shift' }).click();
    await page.getByLabel('Why?').fill('forgot to punch, told me');
    await page.getByRole('button', { name: 'Enter it' }).click();
    await page.getByText('An IN without an OUT').waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Grace Hopper' }).first().click();
    await page.getByRole('button', { name: 'Explain Tue 3 March' }).click();
    await page.getByText('administrator: forgot to punch, told me').waitFor();
    await keepInBothThemes(t, page, 'console-day');
    await page.keyboard.press('Escape');
    await page.goto(`${url}/attendance/entries`);
    const takeBack = async (what: string, reason: string) => {
      await page.locator('tr', { hasText: what }).getByRole('button', { name: 'Take back' }).click();
      await page.getByLabel('Why?').fill(reason);
      await page.getByRole('button', { name: 'Take it back' }).click();
      await page.locator('tr.gone', { hasText: what }).waitFor();
    };
    await takeBack('a plan for every day', 'the wrong file');
    await takeBack('an entry taken back', 'it was the right one');
    await page.locator('tr:not(.gone)', { hasText: 'a plan for every day' }).waitFor();
    await keepInBothThemes(t, page, 'console-corrections');
    await page.goto(`${url}/attendance/plan`);
    await page.getByLabel('The plan, YAML').waitFor();
    await keepInBothThemes(t, page, 'console-plan');

    await page.goto(`${url}/people/p01`);
    const [data] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Export their data' }).click(),
    ]);
    t.is(data.suggestedFilename(), 'p01.json');
    t.is(JSON.parse(readFileSync(await data.path(), 'utf8')).person.name, 'Ada Lovelace');
    await page.getByRole('button', { name: 'Forget where they are' }).click();
    await page.getByLabel('Why?').fill('left with the fire drill');
    await keepInBothThemes(t, page, 'console-forget');
    await page.keyboard.press('Escape');

    await page.goto(`${url}/settings`);
    await page.getByRole('button', { name: 'Change keys' }).click();
    await keepInBothThemes(t, page, 'console-keys-change');
    await page.getByRole('button', { name: 'Change it' }).click();
    await page.locator('dialog').waitFor({ state: 'detached' });
    await page.getByText('3 of 3 terminals do not hold it yet:').scrollIntoViewIfNeeded();
    await keepInBothThemes(t, page, 'console-keys');
    await page.getByRole('button', { name: 'Go on without them' }).click();
    await page.locator('dialog').getByRole('button', { name: 'Go on without them' }).click();
    await page.getByText('No change of keys is under way.').waitFor();

    await page.getByRole('link', { name: 'Thresholds' }).click();
    await page.locator('.risk-chart canvas').waitFor();
    await keepInBothThemes(t, page, 'console-thresholds');
    const strangers = page.locator('.consequence .tile.bad strong');
    const inForce = await strangers.innerText();
    await page.getByRole('slider').fill('75');
    t.not(await strangers.innerText(), inForce);
    await page.getByText('To have it so, say in the file of a terminal:').waitFor();
    assertQuiet(t, page);
  },
);

test.serial('an event appears on the page by itself, and who may only look changes nothing', async (t) => {
  if (!needs(t, 'chromium')) return;
  const { console, page, url } = await openBooks(t, browser);
  await signedInAs(page, console, 'auditor');
  await page.goto(`${url}/rules`);
  await page.getByRole('heading', { name: 'Schedules' }).waitFor();
  t.is(await page.getByRole('button', { name: /^(Change|Add)/ }).count(), 0);
  await page.getByRole('link', { name: 'Events' }).click();
  await page.locator('tbody tr').first().waitFor();
  const fresh = {
    ...{ seq: 99, id: '01JZZZZZZZZZZZZZZZZZZZZZZZ', terminal: 'workshop', at: new Date().toISOString() },
    ...({ clock: 'synced', kind: 'door.alarm-raised', body: { alarm: 'forced', cause: 'contact' } } as const),
  };
  console.desk.live.tell({ type: 'event', event: fresh, names: {} });
  await page.getByText('Alarm: forced', { exact: true }).waitFor();
  const refused = { ...fresh, seq: 100, id: '01JZZZZZZZZZZZZZZZZZZZZZZY', kind: 'verdict.denied' };
  const body = { reason: 'expired', personId: 'p99' };
  console.desk.live.tell({ type: 'event', event: { ...refused, body }, names: { p99: 'Hypatia of Alexandria' } });
  await page.getByRole('row', { name: 'Refused: not valid any more Hypatia of Alexandria' }).waitFor();
  t.pass();
});
