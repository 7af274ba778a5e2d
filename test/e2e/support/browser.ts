import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { type Browser, chromium, type Page } from 'playwright-core';
import sharp from 'sharp';
import { packageRoot } from '../../../src/runtime/package-root.ts';

/** The sizes that the terminal's screen is made for. */
export const sizes = {
  portrait: { width: 480, height: 800 },
  landscape: { width: 800, height: 480 },
  large: { width: 1280, height: 720 },
} as const;

/** Where Debian has it. */
export const chromiumPath = '/usr/bin/chromium';

/** Debian's Chromium, which asks nobody for anything. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
    ],
  });
}

const faultsOf = new WeakMap<Page, string[]>();

/** A page; what its console calls an error is kept for {@link assertQuiet}. */
export async function openPage(
  t: ExecutionContext,
  browser: Browser,
  { url, size = sizes.landscape }: { readonly url: string; readonly size?: { width: number; height: number } },
): Promise<Page> {
  const page = await browser.newPage({ viewport: size });
  const faults: string[] = [];
  faultsOf.set(page, faults);
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text());
  });
  page.setDefaultTimeout(120_000);
  t.teardown(() => page.close());
  await page.goto(url);
  return page;
}

/** Nothing failed in this page: no exception, nothing that the policy forbids, nothing that is not there. */
export function assertQuiet(t: ExecutionContext, page: Page): void {
  t.deepEqual(faultsOf.get(page), []);
}

/** No serious finding of axe, the accessibility engine. It is given to the page past the policy, which lets no script in. */
export async function assertAccessible(t: ExecutionContext, page: Page, what: string): Promise<void> {
  await page.evaluate(readFileSync(join(packageRoot(), 'node_modules/axe-core/axe.min.js'), 'utf8'));
  const found = (await page.evaluate('axe.run(document, { resultTypes: ["violations"] })')) as {
    violations: { id: string; impact: string; nodes: { html: string }[] }[];
  };
  const serious = found.violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  t.deepEqual(
    serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
    [],
    what,
  );
}

/** Keep a picture for the documents, where they are asked for: small, in few colours. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  const folder = process.env.LIMEN_SCREENSHOTS;
  if (folder === undefined) return;
  const png = await sharp(await page.screenshot())
    .png({ palette: true, quality: 70, effort: 9 })
    .toBuffer();
  writeFileSync(join(packageRoot(), folder, `${name}.png`), png);
}

/** Look at the page in both themes: nothing that keeps somebody out (axe). */
export async function assertAccessibleInBothThemes(
  t: ExecutionContext,
  page: Page,
  what: string,
  keep: (theme: 'light' | 'dark') => Promise<void> = async () => {},
): Promise<void> {
  for (const theme of ['light', 'dark'] as const) {
    await page.evaluate(`document.documentElement.dataset.theme = '${theme}'`);
    await settleColours(page);
    await assertAccessible(t, page, `${what}, ${theme}`);
    await keep(theme);
  }
}

/** The same, and a picture of each for the documents. */
export function keepInBothThemes(t: ExecutionContext, page: Page, name: string): Promise<void> {
  return assertAccessibleInBothThemes(t, page, name, (theme) =>
    keepPicture(page, theme === 'light' ? name : `${name}-dark`),
  );
}

/** Colours change slowly, and half-way they are nobody's choice. Transitions begin with the next frame, whenever that comes. */
async function settleColours(page: Page): Promise<void> {
  await page.evaluate(`new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))).then(() => {
    for (const one of document.getAnimations()) if (one instanceof CSSTransition) one.finish();
  })`);
}
