import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ExecutionContext } from 'ava';
import { stringify } from 'yaml';
import { createHubKeys } from '../../src/hub/hub-key-file.ts';
import { openHubKeyring } from '../../src/hub/hub-keyring.ts';
import { hubKeyFile } from '../../src/hub-folder.ts';
import { packageRoot } from '../../src/runtime/package-root.ts';
import { SiteKeys } from './keys.ts';
import { temporaryFolder, until } from './sync.ts';

/** A line of the log, as `log.format: json` writes it. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly msg: string };

/** `limen hub run` as a user starts it, in a process of its own that can be killed. */
export class HubProcess {
  readonly lines: LogLine[] = [];
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;

  constructor(t: ExecutionContext, name: string, configFile: string) {
    this.name = name;
    const main = join(packageRoot(), 'dist/src/main.js');
    this.#child = spawn(process.execPath, [main, 'hub', 'run', '--config', configFile], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#ended = once(this.#child, 'exit');
    for (const stream of [this.#child.stdout!, this.#child.stderr!]) {
      createInterface(stream).on('line', (line) => this.lines.push(parsed(line)));
    }
    t.teardown(() => this.kill());
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get exitCode(): number | null {
    return this.#child.exitCode;
  }

  /** Whether it is this process that publishes, by its own words. */
  get publishing(): boolean {
    const words = this.lines.filter(({ msg }) => msg.endsWith('publishing for the site'));
    return this.running && words.at(-1)?.msg === 'publishing for the site';
  }

  /** The events that it was the one to store, as `terminal/seq`. */
  get events(): string[] {
    return this.lines.flatMap(({ terminal, seq }) => (terminal !== undefined ? [`${terminal}/${seq}`] : []));
  }

  async ready(): Promise<this> {
    await until(() => {
      if (!this.running) throw new Error(`${this.name} ended: ${this.lines.map(({ msg }) => msg).join('\n')}`);
      return this.lines.some(({ msg }) => msg === 'ready');
    });
    return this;
  }

  async kill(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    if (this.running) this.#child.kill(signal);
    await this.#ended;
  }

  async ended(): Promise<number | null> {
    await this.#ended;
    return this.exitCode;
  }
}

/** The configuration of a hub in a folder of its own, with its keys. */
export async function hubConfig(t: ExecutionContext, port: number, changes: Record<string, unknown> = {}) {
  const folder = await temporaryFolder(t);
  const dataFolder = join(folder, 'hub');
  await mkdir(dataFolder, { mode: 0o700 });
  await createHubKeys(hubKeyFile(dataFolder));
  const file = join(folder, 'hub.yaml');
  const broker = { url: `mqtt://127.0.0.1:${port}`, protocol: '5' };
  await writeFile(file, stringify({ site: 'plant', dataFolder, broker, log: { format: 'json' }, ...changes }));
  return {
    file,
    folder,
    keys: new SiteKeys(folder, await openHubKeyring(hubKeyFile(dataFolder)), hubKeyFile(dataFolder)),
  };
}

function parsed(line: string): LogLine {
  try {
    const { message, msg = message, ...rest } = JSON.parse(line);
    return { ...rest, msg: String(msg) };
  } catch {
    return { msg: line };
  }
}
