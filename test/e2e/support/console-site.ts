import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { execa } from 'execa';
import { stringify } from 'yaml';
import { packageRoot } from '../../../src/runtime/package-root.ts';
import { freePort } from '../../support/sync.ts';
import { until } from '../../support/wait.ts';

const limen = join(packageRoot(), 'dist/src/main.js');

/** Whoever makes the first account in these scenarios. */
export const administrator = { name: 'ada', password: 'correct horse battery' };

/** A hub with a console as a user starts it, and terminals beside it: child processes, ended with the test. */
export class ConsoleSite {
  readonly folder: string;
  readonly #t: ExecutionContext;
  url = '';
  /** What the hub has printed for whoever makes the first account. */
  code = '';

  constructor(t: ExecutionContext, folder: string) {
    this.#t = t;
    this.folder = folder;
  }

  /** `limen hub run`, of a hub that was never set up. */
  async start(): Promise<this> {
    const port = await freePort();
    const config = {
      ...{ site: 'hq', dataFolder: 'hub', log: { format: 'json' }, console: { port: 0 } },
      broker: { url: `mqtt://127.0.0.1:${port}`, embedded: { port } },
    };
    writeFileSync(join(this.folder, 'hub.yaml'), stringify(config));
    const at = /console: (http:\/\/[\d.:]+)/;
    const said = this.#run('hub', 'run', '--config', 'hub.yaml');
    await until(() => at.test(said()));
    // A browser takes a camera from an address that it trusts: localhost is one.
    this.url = at.exec(said())![1]!.replace('127.0.0.1', 'localhost');
    const code = /setup code ([\w-]+)/;
    await until(() => code.test(said()));
    this.code = code.exec(said())![1]!;
    return this;
  }

  /** `limen run`, with a file that the console has made. */
  startTerminal(name: string, provisioning: string): void {
    chmodSync(provisioning, 0o600);
    const config = {
      ...{ site: 'hq', terminal: name, dataFolder: `terminal-${name}`, provisioning, log: { format: 'json' } },
      camera: { driver: 'replay', folder: join(packageRoot(), 'test/people/scenes/empty-corridor.jpg'), fps: 2 },
      recognition: { liveness: 'off' },
      door: { driver: 'simulated' },
    };
    writeFileSync(join(this.folder, `${name}.yaml`), stringify(config));
    this.#run('run', '--config', `${name}.yaml`);
  }

  /** Start a command; what it says on standard error so far. */
  #run(...args: string[]): () => string {
    const env = { RUNTIME_DIRECTORY: '' };
    const child = execa(process.execPath, [limen, ...args], { cwd: this.folder, reject: false, env });
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
    });
    this.#t.teardown(async () => {
      child.kill('SIGTERM', undefined);
      await child;
    });
    return () => said;
  }
}

/** A clip of pictures as Chromium takes it for a camera (MJPEG), each shown for two seconds; needs ffmpeg. */
export function cameraFile(folder: string, pictures: readonly string[]): string {
  const file = join(mkdtempSync(join(folder, 'camera-')), 'camera.mjpeg');
  const inputs = pictures.flatMap((picture) => ['-loop', '1', '-t', '2', '-i', picture]);
  const scaled = pictures.map(
    (_, i) => `[${i}]scale=640:480:force_original_aspect_ratio=decrease,pad=640:480:-1:-1,setsar=1[v${i}]`,
  );
  const joined = `${scaled.join(';')};${pictures.map((_, i) => `[v${i}]`).join('')}concat=n=${pictures.length}`;
  const args = ['-loglevel', 'error', ...inputs, '-filter_complex', joined, '-r', '10', '-q:v', '2', file];
  const { status, stderr } = spawnSync('ffmpeg', args);
  if (status !== 0) throw new Error(`ffmpeg could not make the clip: ${stderr}`);
  return file;
}
