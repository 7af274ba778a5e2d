import { join } from 'node:path';
import type { Task } from '../sync/party.ts';

/** What every process of a fleet is told. */
export interface FleetTask extends Task {
  /** How many terminals there are in all. */
  readonly terminals: number;
  /** Which of them are this process's: from, up to but without. */
  readonly from: number;
  readonly to: number;
}

export function fleetTask(): FleetTask {
  return JSON.parse(process.argv[2] as string) as FleetTask;
}

/** The name of the n-th terminal, from 0. */
export function terminalId(n: number): string {
  return `t${String(n).padStart(5, '0')}`;
}

/** Where the hub leaves the keys that it made for the terminals. */
export function keysFileOf({ folder }: Task): string {
  return join(folder, 'terminals.json');
}

/** Messages, and bytes of topics and payloads: those that a process's terminals got, and those that they sent. */
export interface Traffic {
  received: number;
  receivedBytes: number;
  sent: number;
  sentBytes: number;
}
