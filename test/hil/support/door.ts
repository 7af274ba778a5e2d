import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ExecutionContext } from 'ava';
import { packageRoot } from '../../../src/runtime/package-root.ts';
import { until } from '../../support/wait.ts';
import { chipLabel } from './machine.ts';

/** A process that holds a door open, and the first word it said: "open", or the code of the error. */
export async function holdDoor(
  t: ExecutionContext,
  door: { driver: 'gpiochip' | 'onoff'; line: number },
): Promise<{ child: ChildProcess; said: string }> {
  const config = JSON.stringify({ chipLabel, pulseMs: 60_000, longestPulseMs: 60_000, ...door });
  const entry = join(packageRoot(), 'dist/test/hil/children/holding-door.js');
  const child = spawn(process.execPath, [entry, config], { stdio: ['ignore', 'pipe', 'inherit'] });
  // Its lock process ends after it, and whoever looks for one next must not find this.
  t.teardown(async () => {
    child.kill('SIGKILL');
    await until(() => lockProcesses().length === 0);
  });
  const [said] = await once(createInterface({ input: child.stdout }), 'line');
  return { child, said };
}

/** The lock processes that run, whoever started them. */
export function lockProcesses(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && commandOf(name) === 'limen-lock')
    .map(Number);
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
}
