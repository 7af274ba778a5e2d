import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ExecutionContext } from 'ava';
import type { Occurrence } from '../../../src/domain/event.ts';
import { type DoorOptions, openDoor } from '../../../src/door/door-controller.ts';
import type { DoorSettings } from '../../../src/door/door-memory.ts';
import { type LockSpawnOptions, startLockProcess } from '../../../src/door/lock-spawn.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { siblingModule } from '../../../src/runtime/package-root.ts';

/** A lock on the shipped simulated driver, as compose.ts would name it. */
export function simulatedLock(levelFile: string): LockSpawnOptions['lock'] {
  return {
    driver: siblingModule(import.meta.url, '../../../src/gpio/simulated').href,
    driverOptions: { folder: dirname(levelFile), files: { 'simulated-0': levelFile } },
    line: { chipLabel: 'simulated', line: 0, activeLow: false },
    wiring: 'fail-secure',
  };
}

/** A folder with a simulated lock's level in it, removed after the test. */
export function makeBench(t: ExecutionContext) {
  const folder = mkdtempSync(join(tmpdir(), 'limen-door-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  const levelFile = join(folder, 'level');
  return { folder, levelFile, level: () => readFileSync(levelFile, 'utf8') };
}

/** Settings as of a door with nothing but a lock; pulses so long that whatever ends one early is what is tested. */
export const lockOnly: DoorSettings = {
  pulseMs: 60_000,
  extendedPulseMs: 120_000,
  longestPulseMs: 120_000,
  longestHoldMs: 0,
  relock: 'when-opened',
  heldOpenPreAlarmMs: 20_000,
  heldOpenAlarmMs: 30_000,
  jammedAfterMs: 2000,
  rexUnlocks: true,
  hasContact: false,
};

/** What a door under test is opened with, where it differs from {@link lockOnly} on a simulated lock. */
export type DoorChanges = Partial<Omit<DoorOptions, 'settings' | 'reach' | 'lockdownFile'>> & {
  readonly settings?: Partial<DoorSettings>;
  readonly lock?: LockSpawnOptions['lock'];
};

/** Options of a door whose files are in `folder`, its socket and rest file in `folder/door`. */
export function doorIn(folder: string, { lock, settings, ...changes }: DoorChanges = {}): DoorOptions {
  const all = { ...lockOnly, ...settings };
  const { longestPulseMs, longestHoldMs } = all;
  const spawned = { lock: lock ?? simulatedLock(join(folder, 'level')), folder: join(folder, 'door') };
  return {
    settings: all,
    reach: () => startLockProcess({ ...spawned, longestPulseMs, longestHoldMs, silenceMs: 2000 }),
    lockdownFile: join(folder, 'lockdown.json'),
    report: () => {},
    clock: systemClock,
    ...changes,
  };
}

/** A door on a simulated lock, and everything it reported. Closed after the test. */
export async function makeDoor(t: ExecutionContext, changes: DoorChanges = {}, bench = makeBench(t)) {
  const reported: Occurrence[] = [];
  const door = await openDoor(doorIn(bench.folder, { report: (occurrence) => reported.push(occurrence), ...changes }));
  t.teardown(() => door.close());
  return { ...bench, door, reported, kinds: () => reported.map(({ kind }) => kind) };
}

/** The lock processes that `parent` runs. */
export function lockProcessesOf(parent: number = process.pid): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && isLockOf(name, parent))
    .map(Number);
}

/** True while the process runs; a zombie does not. */
export function isAlive(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

function isLockOf(pid: string, parent: number): boolean {
  try {
    const [, name, ppid] = /\((.*)\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return name === 'limen-lock' && Number(ppid) === parent;
  } catch {
    return false;
  }
}
