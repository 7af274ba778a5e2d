import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import type { Page } from 'playwright-core';
import { packageRoot } from '../../../src/runtime/package-root.ts';
import type { TestSite } from '../../support/terminal.ts';
import { until } from '../../support/wait.ts';

/** A bundled clip before the terminal's camera. */
export const clip = (name: string, fps = 10) => ({
  driver: 'replay',
  folder: join(packageRoot(), 'test/people/clips', name),
  fps,
});

/** Nobody before it. */
export const nobody = {
  driver: 'replay',
  folder: join(packageRoot(), 'test/people/scenes/empty-corridor.jpg'),
  fps: 5,
};

/** A site whose terminal has a screen, and where the screen is. */
export async function startScreen(
  t: ExecutionContext,
  site: TestSite,
  changes: Record<string, unknown> = {},
): Promise<{ url: string }> {
  t.teardown(() => site.close());
  const { screen = {}, ...others } = changes as { screen?: object };
  const terminal = site.startTerminal({ ...others, screen: { port: 0, names: 'name', ...screen } });
  let said = '';
  terminal.stderr!.on('data', (chunk) => {
    said += chunk;
  });
  const at = /the screen is at (http:\/\/[\d.:]+)/;
  await until(() => at.test(said));
  return { url: at.exec(said)![1]! };
}

/** The view that the screen is about now. */
export const showing = (page: Page, view: string) => page.locator(`[data-view="${view}"]`).waitFor();

/** The same, with its title: in one look, since a view lasts for seconds only. */
export const showingTitle = (page: Page, { view, title }: { readonly view: string; readonly title: string }) =>
  page.locator(`[data-view="${view}"] h1`, { hasText: new RegExp(`^${title}$`) }).waitFor();

/** Everything that the terminal tells this page from now on. */
export async function toldTo(page: Page): Promise<() => Promise<string>> {
  await page.evaluate(`
    globalThis.told = [];
    const source = new EventSource('/api/live');
    for (const type of ['state', 'face']) source.addEventListener(type, ({ data }) => told.push(data));
  `);
  return () => page.evaluate<string>("told.join('\\n')");
}
