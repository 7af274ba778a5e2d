import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { stringify } from 'yaml';
import type { EventKind, LimenEvent } from '../../../src/domain/event.ts';
import { type JournalReader, openJournalReader } from '../../../src/journal/sqlite-reader.ts';
import { packageRoot } from '../../../src/runtime/package-root.ts';
import { chipLabel, pull } from './machine.ts';

/** Where the relay, and the buttons, are on the simulated chip. */
export const wiring = { relay: 3, contact: 4, rex: 5, alarm: 6 } as const;

/** The terminal's configuration. */
export const configFile = '/etc/limen/limen.yaml';

/** The data of the terminal that loses its power. */
export const cutDataFolder = '/var/lib/limen-cut';

/** Run a command as root; its words are part of the error when it fails. */
export function run(command: string, ...args: string[]): string {
  return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/**
 * Emulated, everything takes ten times as long, and a watchdog of seconds bites what is merely slow: the first looks of a
 * network, and `systemd-notify`, which is a process for every ping.
 */
const patience = '[Service]\nTimeoutStartSec=600\nWatchdogSec=90\n';

function dropIn(unit: string, text: string): void {
  mkdirSync(`/etc/systemd/system/${unit}.d`, { recursive: true });
  writeFileSync(`/etc/systemd/system/${unit}.d/hil.conf`, text);
}

let isInstalled = false;

/**
 * As an installer would: the project's script, and what a site adds to it. Doing it again changes nothing.
 * A probe of the terminal's sandbox runs before it, as its child.
 */
export function installLimen(): void {
  if (isInstalled) return;
  isInstalled = true;
  run('sh', join(packageRoot(), 'systemd/install.sh'), '--terminal');
  // As npm would link them.
  const { bin } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8'));
  for (const [name, file] of Object.entries<string>(bin))
    writeFileSync(`/usr/bin/${name}`, `#!/bin/sh\nexec /usr/bin/node /limen/${file} "$@"\n`, { mode: 0o755 });
  const site = join(packageRoot(), '.hil/site');
  const probe = join(packageRoot(), 'dist/test/hil/children/probe-sandbox.js');
  dropIn('limen.service', `${patience}ExecStartPre=/usr/bin/node ${probe}\n`);
  dropIn('limen-lock.service', patience);
  run('systemctl', 'daemon-reload');
  if (existsSync('/var/lib/limen/gallery.json')) return;
  mkdirSync('/var/lib/limen', { recursive: true, mode: 0o700 });
  cpSync(join(site, 'data'), '/var/lib/limen', { recursive: true });
  run('chown', '-R', 'limen:limen', '/var/lib/limen');
}

/** What is different from the usual terminal. */
export interface Changes {
  readonly dataFolder?: string;
  readonly door?: { readonly lockProcess?: 'service' };
}

/**
 * Of the camera before which a face is held: few and small pictures, as many as an emulated core can look at before what it
 * has seen is too old to open a door.
 */
export const pictureOfCamera = { widthPx: 320, heightPx: 240, fps: 1 } as const;

/** Write /etc/limen/limen.yaml; `changes` are merged into the sections. Returns what is written there. */
export function configure(changes: Changes = {}): string {
  const config = stringify({
    site: 'test',
    terminal: 'front-door',
    dataFolder: changes.dataFolder ?? '/var/lib/limen',
    camera: { driver: 'v4l2', device: '/dev/video1', ...pictureOfCamera },
    recognition: { liveness: 'off', pack: join(packageRoot(), '.hil/site/pack') },
    door: {
      ...{ driver: 'gpiochip', chipLabel, line: wiring.relay, pulseMs: 60_000, longestPulseMs: 60_000 },
      // The journal is read several times while a door stands open, which takes seconds each time.
      ...{ heldOpenPreAlarmMs: 20_000, heldOpenAlarmMs: 30_000 },
      // gpio-sim has one pull for both: a resistor inside the chip would undo what the world outside pulls.
      inputs: { contact: { line: wiring.contact, bias: 'as-is' }, rex: { line: wiring.rex, bias: 'as-is' } },
      outputs: { alarm: { line: wiring.alarm } },
      ...changes.door,
    },
    log: { level: 'debug' },
  });
  writeFileSync(configFile, config);
  return config;
}

/** The world outside opens the door. */
export function openDoor(): void {
  pull(wiring.contact, 'up');
}

/** The door is closed, and nobody presses the button inside. */
export function closeDoor(): void {
  pull(wiring.contact, 'down');
  pull(wiring.rex, 'up');
}

let servedConfig: string | null = null;

/**
 * limen.service serves, the door closed and at rest: it is started unless it runs with this configuration already.
 * Returns how long it took until READY, `null` when it ran.
 */
export function serveLimen(changes: Changes = {}): number | null {
  installLimen();
  closeDoor();
  const config = configure(changes);
  if (servedConfig === config && isActive('limen.service')) return null;
  servedConfig = config;
  run('systemctl', 'stop', 'limen.service');
  run('systemctl', 'reset-failed');
  if (changes.door?.lockProcess === 'service') run('systemctl', 'restart', 'limen-lock.service');
  const startedMs = performance.now();
  run('systemctl', 'start', 'limen.service');
  return performance.now() - startedMs;
}

/** A property of a unit. */
export function show(unit: string, property: string): string {
  return run('systemctl', 'show', '--value', '-p', property, unit).trim();
}

/** True when the unit runs and has said so. */
export function isActive(unit: string): boolean {
  return spawnSync('systemctl', ['is-active', '--quiet', unit]).status === 0;
}

/** Wait until what takes a process or a database to find out holds: asked four times a second, since asking is slow here. */
export async function eventually(condition: () => boolean): Promise<void> {
  while (!condition()) await delay(250);
}

/** How exposed systemd finds a unit, 0 to 10, as it runs here. */
export function exposureOf(unit: string): number {
  const said = run('systemd-analyze', 'security', '--no-pager', unit);
  return Number(/Overall exposure level for \S+: ([\d.]+)/.exec(said)?.[1]);
}

/** What the terminal's journal says since a moment: a reader beside the daemon, which must be running. */
export class JournalSince {
  readonly #sinceSeq = lastSeq();

  /** Events of these kinds, oldest first. */
  of<K extends EventKind>(...kinds: K[]): LimenEvent<K>[] {
    return read((reader) => reader.after(this.#sinceSeq, 1000)).filter(({ kind }) =>
      (kinds as EventKind[]).includes(kind),
    ) as LimenEvent<K>[];
  }
}

function lastSeq(): number {
  return read((reader) => reader.lastSeq);
}

function read<T>(how: (reader: JournalReader) => T): T {
  const reader = openJournalReader('/var/lib/limen/journal.db');
  try {
    return how(reader);
  } finally {
    reader.close();
  }
}
