import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { EventKind, LimenEvent } from '../../../src/domain/event.ts';
import { openJournalReader } from '../../../src/journal/sqlite-reader.ts';
import { packageRoot } from '../../../src/runtime/package-root.ts';
import { chipLabel } from './machine.ts';

/** Where the relay, and the buttons, are on the simulated chip. */
export const wiring = { relay: 3, contact: 4, rex: 5 } as const;

/** The terminal's configuration. */
export const configFile = '/etc/limen/limen.yaml';

/** The data of the terminal that loses its power. */
export const cutDataFolder = '/var/lib/limen-cut';

/** Run a command as root; its words are part of the error when it fails. */
export function run(command: string, ...args: string[]): string {
  return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** As an installer would: the project's script, and what a site adds to it. Doing it again changes nothing. */
export function installLimen(): void {
  run('sh', join(packageRoot(), 'systemd/install.sh'), '--terminal');
  const site = join(packageRoot(), '.hil/site');
  mkdirSync('/etc/limen/keys', { recursive: true, mode: 0o700 });
  cpSync(join(site, 'keys'), '/etc/limen/keys', { recursive: true });
  if (existsSync('/var/lib/limen/gallery.json')) return;
  mkdirSync('/var/lib/limen', { recursive: true, mode: 0o700 });
  cpSync(join(site, 'data'), '/var/lib/limen', { recursive: true });
  run('chown', '-R', 'limen:limen', '/var/lib/limen');
}

/** Write /etc/limen/limen.yaml; `changes` are merged into the sections. */
export function configure(
  changes: { dataFolder?: string; door?: object; camera?: object; recognition?: object } = {},
): void {
  const config = {
    site: 'test',
    terminal: 'front-door',
    dataFolder: changes.dataFolder ?? '/var/lib/limen',
    // Emulated, one look at one face takes more than two seconds: fewer pictures, and more time to decide.
    camera: { driver: 'v4l2', device: '/dev/video1', fps: 2, ...changes.camera },
    recognition: { liveness: 'off', agreeing: 2, window: 2, decideWithinMs: 60_000, ...changes.recognition },
    door: {
      driver: 'gpiochip',
      chipLabel,
      line: wiring.relay,
      pulseMs: 60_000,
      longestPulseMs: 60_000,
      ...changes.door,
    },
    log: { level: 'debug' },
  };
  writeFileSync(configFile, stringify(config));
}

/** Start or restart limen; returns when it says that it serves. */
export function restartLimen(): void {
  run('systemctl', 'reset-failed');
  run('systemctl', 'restart', 'limen.service');
}

/** A property of a unit. */
export function show(unit: string, property: string): string {
  return run('systemctl', 'show', '--value', '-p', property, unit).trim();
}

/** True when the unit runs and has said so. */
export function isActive(unit: string): boolean {
  return spawnSync('systemctl', ['is-active', '--quiet', unit]).status === 0;
}

/** The newest events of one kind in the terminal's journal, oldest first. The daemon must be running. */
export function events<K extends EventKind>(kind: K): LimenEvent<K>[] {
  const reader = openJournalReader('/var/lib/limen/journal.db');
  try {
    return reader.latest(1000).filter((event) => event.kind === kind) as LimenEvent<K>[];
  } finally {
    reader.close();
  }
}
