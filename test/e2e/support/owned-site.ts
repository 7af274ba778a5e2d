import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { execa } from 'execa';
import type { Browser, Page } from 'playwright-core';
import { stringify } from 'yaml';
import { bundledPeople } from '../../../src/demo/manifest.ts';
import { limen, limenFile } from '../../support/command-line.ts';
import { freePort } from '../../support/sync.ts';
import { TestSite } from '../../support/terminal.ts';
import { until } from '../../support/wait.ts';
import { openPage, sizes } from './browser.ts';
import { administrator } from './console-site.ts';
import { startScreen } from './screen.ts';
import { Stage } from './stage.ts';

const size = { width: 1280, height: 800 };

/** A whole site as its owner has it: a hub with a console, a terminal with a screen and a door, all processes of their own. */
export class OwnedSite {
  readonly stage: Stage;
  /** The terminal front-door: its journal and its door. */
  readonly door: TestSite;
  /** Of the console. */
  url = '';
  /** What the hub has said so far: JSON, line by line. */
  said = '';
  readonly #t: ExecutionContext;

  private constructor(t: ExecutionContext, folder: string) {
    this.#t = t;
    this.door = new TestSite(folder);
    this.stage = new Stage(join(folder, 'stage'));
  }

  /** A hub that runs, whose keys and administrator were made on the command line; front-door is provisioned at it. */
  static async start(t: ExecutionContext, folder: string): Promise<OwnedSite> {
    const site = new OwnedSite(t, folder);
    const port = await freePort();
    const config = join(folder, 'hub.yaml');
    const settings = {
      ...{ site: 'hq', dataFolder: 'hub', log: { format: 'json' }, console: { port: 0 } },
      broker: { url: `mqtt://127.0.0.1:${port}`, embedded: { port } },
    };
    writeFileSync(config, stringify(settings));
    const secret = join(folder, 'password');
    writeFileSync(secret, administrator.password, { mode: 0o600 });
    const account = ['account', 'add', administrator.name, '--role', 'administrator', '--password-file', secret];
    await done('hub', 'init', '--config', config);
    await done('hub', ...account, '--config', config);
    await site.#runHub(config);
    await done('hub', 'provision', 'front-door', '--out', site.door.provisioning, '--config', config);
    return site;
  }

  async #runHub(config: string): Promise<void> {
    const options = { reject: false, env: { RUNTIME_DIRECTORY: '' } } as const;
    const child = execa(process.execPath, [limenFile, 'hub', 'run', '--config', config], options);
    child.stderr.on('data', (chunk) => {
      this.said += chunk;
    });
    this.#t.teardown(async () => {
      child.kill('SIGTERM');
      await child;
    });
    const at = /console: (http:\/\/[\d.:]+)/;
    await until(() => at.test(this.said));
    this.url = at.exec(this.said)![1]!;
  }

  /** `limen run`, and its screen in a browser. */
  async openScreen(browser: Browser, changes: Record<string, unknown> = {}): Promise<Page> {
    const { url } = await startScreen(this.#t, this.door, { site: 'hq', camera: this.stage.camera, ...changes });
    return openPage(this.#t, browser, { url, size: sizes.landscape });
  }

  /** The console, where its administrator has just signed in. */
  async openConsole(browser: Browser): Promise<Page> {
    const page = await openPage(this.#t, browser, { url: this.url, size });
    await page.getByLabel('Name').fill(administrator.name);
    await page.getByLabel('Password').fill(administrator.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('navigation').waitFor();
    return page;
  }
}

/** Enrol one of the people who do not exist, from their pictures, on the page for that. */
export async function enrolByFiles(
  console: Page,
  { of, as = of, ...fields }: { readonly of: string; readonly as?: string; readonly pin?: string },
): Promise<void> {
  const { name, pictures } = bundledPeople().people.find(({ id }) => id === of)!;
  await console.goto(new URL('/people/enrol', console.url()).href);
  const files = [...pictures];
  await console.getByLabel('Pictures', { exact: true }).setInputFiles(files);
  await console
    .locator('.shots .badge.good')
    .nth(files.length - 1)
    .waitFor();
  for (const [field, value] of Object.entries({ id: as, name, ...fields }))
    await console.locator(`input[name=${field}]`).fill(value);
  await console.getByRole('button', { name: `Enrol with ${files.length} pictures` }).click();
  await console.getByText(`${name} is enrolled`).waitFor();
}

async function done(...args: string[]): Promise<void> {
  const { exitCode, stderr } = await limen(...args);
  if (exitCode !== 0) throw new Error(`limen ${args.map((arg) => basename(arg)).join(' ')}: ${stderr}`);
}
