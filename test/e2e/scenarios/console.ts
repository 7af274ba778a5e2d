import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { type Browser, chromium, type Page } from 'playwright-core';
import sharp from 'sharp';
import { packageRoot } from '../../../src/runtime/package-root.ts';
import { temporaryFolders } from '../../support/folders.ts';
import { needs } from '../../support/require.ts';
import { until } from '../../support/wait.ts';
import {
  assertAccessibleInBothThemes,
  assertQuiet,
  chromiumPath,
  keepInBothThemes,
  openPage,
  startBrowser,
} from '../support/browser.ts';
import { administrator, ConsoleSite, cameraFile } from '../support/console-site.ts';

const folder = temporaryFolders(test);
const size = { width: 1280, height: 800 };
const people = join(packageRoot(), 'test/people');
const picturesOf = (id: string) =>
  readdirSync(join(people, 'people', id)).map((name) => join(people, 'people', id, name));

/** One browser for all. Each scenario asks whether there is one, so that none passes without a word. */
let browser: Browser;
test.before(async () => {
  if (existsSync(chromiumPath)) browser = await startBrowser();
});
test.after.always(() => browser?.close());

/** The first start, up to the console itself. Returns where the file of the terminal lies. */
async function setUp(t: ExecutionContext, page: Page, site: ConsoleSite): Promise<string> {
  await page.getByRole('button', { name: 'Go on' }).waitFor();
  await keepInBothThemes(t, page, 'console-first-start');
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByLabel('Setup code').fill(site.code);
  await fillAdministrator(page);
  await keepInBothThemes(t, page, 'console-first-administrator');
  await page.getByRole('button', { name: 'Make the keys' }).click();
  await page.getByLabel('Name of the terminal').fill('front-door');
  await page.getByRole('button', { name: 'Make its file' }).click();
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download front-door.limen' }).click();
  const file = join(site.folder, 'front-door.limen');
  await (await downloading).saveAs(file);
  await page.getByRole('button', { name: 'Show it as a QR code' }).click();
  const code = page.getByAltText('front-door.limen as a QR code');
  // Decoded after it is put into the page.
  await until(() => code.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth > 100));
  await keepInBothThemes(t, page, 'console-first-terminal');
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByRole('button', { name: 'Open the console' }).click();
  await page.getByRole('heading', { name: 'Terminals' }).waitFor();
  return file;
}

async function fillAdministrator(page: Page): Promise<void> {
  await page.getByLabel('Name').fill(administrator.name);
  await page.getByLabel('Password').fill(administrator.password);
  await page.getByLabel('Once more').fill(administrator.password);
}

async function signIn(page: Page, { name, password }: { name: string; password: string }): Promise<void> {
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('navigation').waitFor();
}

/** A page of the navigation. */
const goTo = (page: Page, name: string) => page.getByRole('navigation').getByRole('link', { name }).click();

const field = (page: Page, name: string) => page.locator(`input[name=${name}]`);

test.serial(
  'the first start, a terminal, people by files and by a list, lockdown and release, an erasure',
  async (t) => {
    if (!needs(t, 'chromium')) return;
    const site = await new ConsoleSite(t, folder()).start();
    const page = await openPage(t, browser, { url: site.url, size });
    site.startTerminal('front-door', await setUp(t, page, site));
    await page.locator('.dot.good').waitFor();
    await keepInBothThemes(t, page, 'console-terminals');

    await page.getByRole('link', { name: 'front-door' }).click();
    await page.getByText('From camera to decision').waitFor();
    await page.locator('.time-spent').getByText('Finding faces').waitFor();
    await page.getByRole('button', { name: 'Fetch diagnosis' }).click();
    await page.getByText('Memory of limen').waitFor();
    await page.locator('.diagnosis').getByText('Finding faces').waitFor();
    await page.evaluate('scrollTo(0, 0)');
    await keepInBothThemes(t, page, 'console-terminal');
    await page.getByRole('heading', { name: 'What happened there' }).scrollIntoViewIfNeeded();
    await page.getByRole('heading', { name: 'Last warnings and errors' }).waitFor();
    await keepInBothThemes(t, page, 'console-diagnosis');
    await page.mouse.wheel(0, -5000);
    await page.getByRole('button', { name: 'Lock down' }).click();
    await page.getByLabel('Why?').fill('drill');
    await page.locator('dialog').getByRole('button', { name: 'Lock down' }).click();
    await page.locator('.facts .badge', { hasText: 'lockdown' }).waitFor();
    await page.getByRole('button', { name: 'End lockdown' }).click();
    await page.locator('dialog').getByRole('button', { name: 'End lockdown' }).click();
    await page.locator('.facts .badge', { hasText: 'locked' }).waitFor();
    await page.getByRole('cell', { name: 'The lockdown was ended', exact: true }).waitFor();

    await goTo(page, 'People');
    await assertAccessibleInBothThemes(t, page, 'nobody enrolled');
    await page.getByRole('link', { name: 'Enrol somebody' }).first().click();
    await page.getByLabel('Pictures', { exact: true }).setInputFiles(picturesOf('p01').slice(0, 3));
    await page.locator('.shots .badge.good').nth(2).waitFor();
    await field(page, 'id').fill('p01');
    await field(page, 'name').fill('Ada Lovelace');
    await field(page, 'groups').fill('staff');
    await keepInBothThemes(t, page, 'console-enrol');
    await page.getByRole('button', { name: 'Enrol with 3 pictures' }).click();
    await page.getByText('Ada Lovelace is enrolled').waitFor();
    await keepInBothThemes(t, page, 'console-person');

    await page.goto(`${site.url}/people/enrol`);
    await page.getByLabel('Pictures', { exact: true }).setInputFiles(picturesOf('p01').slice(0, 1));
    await page.getByText('who is enrolled already').waitFor();

    await page.goto(`${site.url}/people/import`);
    const list = join(site.folder, 'staff.csv');
    writeFileSync(list, 'id,name,groups\np02,Grace Hopper,staff\np03,Alan Turing,workshop\np09,Nobody,\n');
    const named = ['p02', 'p03'].map((id) => ({ name: `${id}.jpg`, mimeType: 'image/jpeg', file: picturesOf(id)[0]! }));
    const buffers = await Promise.all(
      named.map(async ({ file, ...rest }) => ({ ...rest, buffer: await sharp(file).jpeg({ quality: 95 }).toBuffer() })),
    );
    const input = page.getByLabel('List and pictures');
    await input.setInputFiles(list);
    await input.setInputFiles(buffers);
    await page.getByText('2 pictures').waitFor();
    await page.getByRole('button', { name: 'Enrol them' }).click();
    await page.getByRole('button', { name: 'Another import' }).waitFor();
    await page.getByText('p09 cannot be enrolled without a picture').waitFor();
    await keepInBothThemes(t, page, 'console-import');

    await goTo(page, 'People');
    await page.getByRole('link', { name: 'Grace Hopper' }).waitFor();
    await keepInBothThemes(t, page, 'console-people');
    await page.getByLabel('Name or id').fill('turing');
    await page.getByText('1 person found').waitFor();
    await page.getByRole('link', { name: 'Alan Turing' }).click();
    await page.getByRole('button', { name: 'Suspend' }).click();
    await page.getByLabel('Why?').fill('card stolen');
    await page.locator('dialog').getByRole('button', { name: 'Suspend' }).click();
    await page.getByText('Suspended: nobody lets them pass').waitFor();
    await page.getByRole('button', { name: 'Forget where they are' }).click();
    await page.getByLabel('Why?').fill('left with the fire drill');
    await page.getByRole('button', { name: 'Forget it' }).click();
    await page.getByText('Done at front-door.').waitFor();
    await page.locator('.card output').getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'Forget everybody’s whereabouts' }).click();
    await page.getByLabel('Why?').fill('a fire drill');
    await page.getByRole('button', { name: 'Forget it of everybody' }).click();
    await page.getByText('Done at front-door.').waitFor();
    await page.getByRole('button', { name: 'Erase' }).click();
    await page.locator('dialog').getByRole('button', { name: 'Erase' }).click();
    await page.getByText('Nothing of them is left: here, and at every terminal.').waitFor();
    await keepInBothThemes(t, page, 'console-erased');

    await page.goto(`${site.url}/people/enrol`);
    await page.getByRole('button', { name: 'Without a face' }).click();
    await page.getByText('The rules let nobody pass without a face.').waitFor();
    await field(page, 'id').fill('n1');
    await field(page, 'name').fill('Mary Shelley');
    await field(page, 'cards').fill('123-45678');
    await keepInBothThemes(t, page, 'console-enrol-faceless');
    await page.getByRole('button', { name: 'Enrol without a face' }).click();
    await page.getByText('Enrolled without a face.', { exact: true }).waitFor();
    await goTo(page, 'People');
    await page.getByRole('link', { name: 'Grace Hopper' }).click();
    await page.getByRole('button', { name: 'Forget the face' }).click();
    await page.locator('dialog').getByRole('button', { name: 'Forget the face' }).click();
    await page.getByText('Nothing of the face is left: here, and at every terminal.').waitFor();

    await goTo(page, 'Models and settings');
    await page.getByRole('button', { name: 'An example' }).click();
    await page.getByRole('button', { name: 'Check it' }).click();
    await page.getByText('did you mean "pulseMs"?').waitFor();
    await keepInBothThemes(t, page, 'console-settings');
    await page.getByLabel('log.level').selectOption('warn');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Restart the hub.').waitFor();
    t.regex(readFileSync(join(site.folder, 'hub.yaml'), 'utf8'), /level: warn/);
    await page.getByText('Restart the hub.').scrollIntoViewIfNeeded();
    await keepInBothThemes(t, page, 'console-settings-own');
    await goTo(page, 'Changes');
    await page.getByText('person erased').waitFor();
    await page.getByRole('row', { name: /site commanded.*verb: anti-passback-reset.*a fire drill/ }).waitFor();
    await keepInBothThemes(t, page, 'console-changes');
    assertQuiet(t, page);
  },
);

test.serial('what is no good picture is refused with a word, and the page goes on', async (t) => {
  if (!needs(t, 'chromium')) return;
  const site = await new ConsoleSite(t, folder()).start();
  const page = await openPage(t, browser, { url: site.url, size });
  await setUp(t, page, site);
  await page.goto(`${site.url}/people/enrol`);
  const shot = await sharp(picturesOf('p01')[0]!).jpeg().toBuffer();
  const empty = await sharp(join(people, 'scenes/empty-corridor.jpg')).jpeg().toBuffer();
  const enormous = await sharp({ create: { width: 16_000, height: 16_000, channels: 3, background: '#123456' } })
    .png()
    .toBuffer();
  const bad = [
    { name: 'text.jpg', buffer: Buffer.from('This is no picture.') },
    { name: 'cut.jpg', buffer: shot.subarray(0, 200) },
    { name: 'empty.jpg', buffer: Buffer.alloc(0) },
    { name: 'drawing.svg', buffer: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>') },
    { name: 'corridor.jpg', buffer: empty },
    { name: 'enormous.png', buffer: enormous },
    { name: 'heavy.jpg', buffer: Buffer.concat([shot, Buffer.alloc(13 * 1024 * 1024)]) },
  ];
  for (const { name, buffer } of bad) {
    await page.getByLabel('Pictures', { exact: true }).setInputFiles({ name, mimeType: 'image/jpeg', buffer });
    await page.locator('.shots li.bad', { has: page.getByAltText(name) }).waitFor();
    const says = await page.locator('.shots li.bad', { has: page.getByAltText(name) }).innerText();
    t.regex(says, /of no use\s+\S+/, `${name}: ${says}`);
    t.notRegex(says, /server made a mistake/, name);
  }
  await page.getByRole('button', { name: 'A good picture is needed' }).waitFor();
  await keepInBothThemes(t, page, 'console-bad-pictures');
  await page.getByLabel('Pictures', { exact: true }).setInputFiles(picturesOf('p01')[0]!);
  await page.getByRole('button', { name: 'Enrol with 1 picture' }).waitFor();
});

test.serial('somebody is enrolled by the camera of whoever sits before the console', async (t) => {
  if (!needs(t, 'chromium') || !needs(t, 'ffmpeg')) return;
  const site = await new ConsoleSite(t, folder()).start();
  const camera = cameraFile(site.folder, picturesOf('p02'));
  const own = await chromium.launch({
    executablePath: chromiumPath,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream'],
      `--use-file-for-fake-video-capture=${camera}`,
    ],
  });
  t.teardown(() => own.close());
  const page = await openPage(t, own, { url: site.url, size });
  await setUp(t, page, site);
  await page.goto(`${site.url}/people/enrol`);
  await page.getByRole('button', { name: "Use this computer's camera" }).click();
  await page.locator('.viewfinder svg.good').waitFor();
  await keepInBothThemes(t, page, 'console-camera');
  await page.locator('.shots .badge.good').first().waitFor();
  for (const leave = page.getByRole('button', { name: 'Leave this pose out' }); await leave.isVisible(); ) {
    await leave.click().catch(() => {});
  }
  await field(page, 'id').fill('p02');
  await field(page, 'name').fill('Grace Hopper');
  await page.getByRole('button', { name: /Enrol with \d picture/ }).click();
  await page.getByText('Grace Hopper is enrolled').waitFor();
  t.pass();
});

test.serial('an operator cannot do what an administrator can, and nobody sets a hub up without its code', async (t) => {
  if (!needs(t, 'chromium')) return;
  const site = await new ConsoleSite(t, folder()).start();
  const page = await openPage(t, browser, { url: `${site.url}/#code=AAAA-AAAA`, size });
  await page.getByRole('button', { name: 'Go on' }).click();
  t.is(await page.getByLabel('Setup code').inputValue(), 'AAAA-AAAA');
  await fillAdministrator(page);
  await page.getByRole('button', { name: 'Make the keys' }).click();
  await page.getByText('That is not the setup code').waitFor();
  await page.goto(site.url);
  await page.reload();
  await setUp(t, page, site);
  await goTo(page, 'Accounts');
  await page.getByRole('button', { name: 'Add an account' }).click();
  await field(page, 'name').fill('grace');
  await field(page, 'password').fill('a battery of horses');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByText('grace').waitFor();
  await keepInBothThemes(t, page, 'console-accounts');
  const grace = page.getByRole('row', { name: /^grace/ });
  await grace.getByRole('button', { name: 'Disable' }).click();
  await page.locator('dialog').getByRole('button', { name: 'Disable' }).click();
  await grace.getByText('disabled', { exact: true }).waitFor();
  await grace.getByRole('button', { name: 'Enable' }).click();
  await page.locator('dialog').getByRole('button', { name: 'Enable' }).click();
  await grace.getByRole('button', { name: 'Disable' }).waitFor();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await keepInBothThemes(t, page, 'console-sign-in');
  await signIn(page, { name: 'grace', password: 'a battery of horses' });
  t.is(await page.getByRole('link', { name: 'Accounts' }).count(), 0);
  t.is(await page.getByRole('button', { name: 'Add a terminal' }).count(), 0);
  const ask = (path: string, method: string, body: object) =>
    page.evaluate(
      ([to, how, what]) =>
        fetch(to, { method: how, headers: { 'x-limen': '1', 'content-type': 'application/json' }, body: what }).then(
          ({ status }) => status,
        ),
      [path, method, JSON.stringify(body)] as const,
    );
  t.is(
    await ask('/api/accounts', 'POST', { name: 'eve', role: 'administrator', password: 'a battery of horses' }),
    403,
  );
  t.is(await ask('/api/terminals', 'POST', { terminal: 'back-door' }), 403);
  t.is(await ask('/api/terminals/front-door/revocation', 'POST', {}), 403);
});
