import { readdirSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import { type V4l2Options, v4l2Camera } from '../../src/camera/v4l2.ts';
import type { Occurrence } from '../../src/domain/event.ts';
import { packageRoot } from '../../src/runtime/package-root.ts';

/** A clip of somebody who does not exist, 50 JPEGs. */
export const clipFolder = join(packageRoot(), 'test/people/clips/walkup-p01-blink');

/** A folder that is removed after the test. */
export async function temporaryFolder(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'limen-camera-test-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Copy the first `count` pictures of the clip. */
export async function copyPictures(folder: string, count: number): Promise<void> {
  const names = (await readdir(clipFolder)).sort().slice(0, count);
  for (const name of names) await cp(join(clipFolder, name), join(folder, name));
}

/** The v4l2 driver on ffmpeg's test pattern: everything but the device is real. */
export function testPattern(fps: number, more: Partial<V4l2Options> = {}) {
  const source = `testsrc=size=320x240:rate=${fps}`;
  return v4l2Camera({
    device: '/dev/video0',
    widthPx: 320,
    heightPx: 240,
    fps,
    inputFormat: 'auto',
    inputArguments: ['-re', '-f', 'lavfi', '-i', source],
    ...more,
  });
}

/** Process ids of the running `command`s that `parent` started. */
export function children(command: string, parent = process.pid): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const status = statusOf(pid);
      return status?.parent === parent && status.command === command && status.state !== 'Z';
    });
}

/** True while the process is there and no zombie. */
export function isAlive(pid: number): boolean {
  const status = statusOf(pid);
  return status !== null && status.state !== 'Z';
}

/** Wait until `condition` holds; AVA's own timeout is the limit. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await delay(20);
}

/** Collects what a room reports. */
export function recorder() {
  const occurrences: Occurrence[] = [];
  return {
    report: (occurrence: Occurrence) => void occurrences.push(occurrence),
    occurrences,
    kinds: () => occurrences.map(({ kind }) => kind),
  };
}

function statusOf(pid: number): { command: string; state: string; parent: number } | null {
  try {
    const [, command = '', state = '', parent] =
      /\((.*)\) (\S) (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return { command, state, parent: Number(parent) };
  } catch {
    return null;
  }
}
