import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import type { Occurrence } from '../../src/domain/event.ts';
import type { Person } from '../../src/domain/person.ts';
import { templateFrom } from '../../src/domain/template.ts';
import type { GallerySnapshot, GalleryStore } from '../../src/gallery/gallery-store.ts';

/** A temporary folder that goes with the test. */
export async function temporaryFolder(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'limen-sync-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Resolves once `condition` holds; the test's own timeout is the only limit. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** A gallery store in memory that can be told to have a full disk. */
export function memoryGalleryStore(): GalleryStore & { stored: GallerySnapshot | null; failWith: Error | null } {
  return {
    stored: null,
    failWith: null,
    async read() {
      return this.stored === null ? null : { snapshot: this.stored, recoveredFrom: null };
    },
    async write(snapshot) {
      if (this.failWith !== null) throw this.failWith;
      this.stored = structuredClone(snapshot);
    },
  };
}

/** A person with a template that is theirs alone. */
export function somebody(id: string, version = 1): Person {
  const seed = [...id].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7);
  const vector = Float32Array.from({ length: 128 }, (_, i) => Math.sin(seed * (i + 1)));
  return {
    id,
    name: `Person ${id}`,
    version,
    groups: ['staff'],
    validFrom: null,
    validUntil: null,
    templates: [templateFrom('test/1', vector)],
  };
}

/** Collects what a room reports. */
export function recorder(): { readonly list: Occurrence[]; report(occurrence: Occurrence): void; codes(): string[] } {
  const list: Occurrence[] = [];
  return {
    list,
    report: (occurrence) => void list.push(occurrence),
    codes: () => list.flatMap((entry) => (entry.kind === 'gallery.refused' ? [entry.body.code] : [])),
  };
}

/** A port that was free a moment ago, for a program that cannot choose one itself. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** A real Mosquitto with a configuration of its own, ended with the test. */
export async function startMosquitto(
  t: ExecutionContext,
  options: { port: number; folder: string; persistent?: boolean },
): Promise<{ url: string; stop(): Promise<void> }> {
  const file = join(options.folder, 'mosquitto.conf');
  const lines = [
    `listener ${options.port} 127.0.0.1`,
    'allow_anonymous true',
    'log_dest none',
    `persistence ${options.persistent ?? false}`,
    `persistence_location ${options.folder}/`,
  ];
  if (process.getuid?.() === 0) lines.push('user root');
  await writeFile(file, `${lines.join('\n')}\n`);
  const child = spawn('mosquitto', ['-c', file], { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  t.teardown(stop);
  return { url: `mqtt://127.0.0.1:${options.port}`, stop };
}
