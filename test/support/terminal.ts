import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { execa, type ResultPromise } from 'execa';
import { stringify } from 'yaml';
import { hubConfigSchema } from '../../src/config/schema.ts';
import { bundledPeople } from '../../src/demo/manifest.ts';
import type { EventKind, LimenEvent } from '../../src/domain/event.ts';
import { createHubKeys } from '../../src/hub/hub-key-file.ts';
import { type HubDaemon, openHubDaemon } from '../../src/hub-daemon.ts';
import { hubKeyFile } from '../../src/hub-folder.ts';
import { provisionFile } from '../../src/hub-provisioner.ts';
import { openJournalReader } from '../../src/journal/sqlite-reader.ts';
import { createLogger } from '../../src/runtime/logger.ts';
import { packageRoot } from '../../src/runtime/package-root.ts';
import { until } from './wait.ts';

const limen = join(packageRoot(), 'dist/src/main.js');

/** One site in a folder of its own: a hub in this process, and terminals as the child processes that a user starts. */
export class TestSite {
  readonly folder: string;
  hub: HubDaemon | null = null;
  #port = 0;
  readonly #children: ResultPromise[] = [];
  readonly #name: string;

  constructor(folder: string, name = 'test') {
    this.folder = folder;
    this.#name = name;
  }

  get dataFolder(): string {
    return join(this.folder, 'terminal');
  }

  /** Start the hub with its embedded broker, at the same port when it is started again; or with one on `port` that runs. */
  async startHub(on: { port?: number; homeAssistant?: object; recognition?: object } = {}): Promise<HubDaemon> {
    const dataFolder = join(this.folder, 'hub');
    const first = !existsSync(dataFolder);
    if (first) {
      mkdirSync(dataFolder, { recursive: true });
      await createHubKeys(hubKeyFile(dataFolder));
    }
    const config = hubConfigSchema.parse({
      site: this.#name,
      dataFolder,
      broker:
        on.port === undefined
          ? { url: 'mqtt://127.0.0.1', embedded: { port: this.#port } }
          : { url: `mqtt://127.0.0.1:${on.port}` },
      ...(on.homeAssistant && { homeAssistant: on.homeAssistant }),
      ...(on.recognition && { recognition: on.recognition }),
    });
    this.hub = await openHubDaemon({ config, log: createLogger({ level: 'error', format: 'json' }) });
    this.#port = on.port ?? this.hub.broker!.port;
    if (first) await this.provision('front-door', this.provisioning);
    return this.hub;
  }

  /** The file that the terminal is set up with. */
  get provisioning(): string {
    return join(this.folder, 'front-door.limen');
  }

  async provision(terminal: string, out: string): Promise<void> {
    const broker = { url: `mqtt://127.0.0.1:${this.#port}`, protocol: '3.1.1' } as const;
    await provisionFile(this.hub!, { terminal, broker, out });
  }

  async stopHub(): Promise<void> {
    await this.hub?.close();
    this.hub = null;
  }

  /** Enrol some of the people who do not exist. */
  async enrol(...ids: string[]): Promise<void> {
    for (const { id, name, pictures } of bundledPeople().people.filter((person) => ids.includes(person.id))) {
      const named = pictures.map((file) => ({ name: basename(file), jpeg: readFileSync(file) }));
      await this.hub!.hub.enrol({ id, name, pictures: named });
    }
  }

  /** Write the terminal's config; `changes` replace whole sections. */
  writeConfig(changes: Record<string, unknown> = {}): string {
    const file = join(this.folder, 'terminal.yaml');
    const config = {
      site: this.#name,
      terminal: 'front-door',
      dataFolder: this.dataFolder,
      camera: { driver: 'replay', folder: join(packageRoot(), 'test/people/clips/walkup-p01-blink'), fps: 20 },
      recognition: { liveness: 'off' },
      door: { driver: 'simulated', pulseMs: 60_000, longestPulseMs: 60_000 },
      provisioning: this.provisioning,
      log: { level: 'info', format: 'json' },
      ...changes,
    };
    writeFileSync(file, stringify(config));
    return file;
  }

  /** `limen run`, as a user would start it. */
  startTerminal(
    changes: Record<string, unknown> = {},
    environment: NodeJS.ProcessEnv = {},
  ): ResultPromise<{ reject: false }> {
    const config = this.writeConfig(changes);
    const options = { reject: false, env: { ...environment, RUNTIME_DIRECTORY: '' } } as const;
    const child = execa(process.execPath, [limen, 'run', '--config', config], options);
    this.#children.push(child as unknown as ResultPromise);
    return child as unknown as ResultPromise<{ reject: false }>;
  }

  /** What the simulated lock's line reads: `0` shut, `1` released; `null` before the lock was ever driven. */
  level(): string | null {
    const file = join(this.dataFolder, 'simulated-lock.level');
    return existsSync(file) ? readFileSync(file, 'utf8') : null;
  }

  /** The terminal's journal, read beside the running daemon. */
  events<K extends EventKind>(kind?: K): LimenEvent<K>[] {
    const file = join(this.dataFolder, 'journal.db');
    if (!existsSync(file)) return [];
    try {
      const reader = openJournalReader(file);
      try {
        return reader.latest(1000).filter((event) => kind === undefined || event.kind === kind) as LimenEvent<K>[];
      } finally {
        reader.close();
      }
    } catch {
      // The daemon is just creating it.
      return [];
    }
  }

  async event<K extends EventKind>(kind: K): Promise<LimenEvent<K>> {
    await until(() => this.events(kind).length > 0);
    return this.events(kind)[0]!;
  }

  /** End every terminal that runs, as if its power were cut. */
  async stopTerminals(): Promise<void> {
    for (const child of this.#children) child.kill('SIGKILL');
    await Promise.allSettled(this.#children);
  }

  async close(): Promise<void> {
    await this.stopTerminals();
    await this.stopHub();
  }
}
