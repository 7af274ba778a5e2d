import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';
import { type LockServiceOptions, lockServiceSettings } from '../../../src/door/lock-service.ts';
import { siblingModule } from '../../../src/runtime/package-root.ts';
import { makeBench, simulatedLock } from './bench.ts';

export const lockProcessFile = fileURLToPath(siblingModule(import.meta.url, '../../../src/door/lock-process'));

/** A lock process on its own, as limen-lock.service runs it, on a simulated lock in a folder of its own. */
export function lockServiceBench(t: ExecutionContext, bench = makeBench(t)) {
  const service: LockServiceOptions = {
    socketPath: join(bench.folder, 'lock.sock'),
    terms: { lock: simulatedLock(bench.levelFile), longestPulseMs: 120_000, longestHoldMs: 0, silenceMs: 60_000 },
  };
  const settingsFile = join(bench.folder, 'settings.json');
  let running: ChildProcess | null = null;
  t.teardown(() => kill());

  /** Resolves when it listens, at rest. */
  async function start(environment: NodeJS.ProcessEnv = {}): Promise<ChildProcess> {
    writeFileSync(settingsFile, JSON.stringify(lockServiceSettings(service)));
    const child = spawn(process.execPath, [lockProcessFile, settingsFile], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ...environment },
    });
    running = child;
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
    });
    while (!said.includes('listening at')) {
      const [ended] = await Promise.race([once(child.stderr, 'data').then(() => [false]), once(child, 'exit')]);
      if (ended !== false) throw new Error(`the lock service ended: ${said}`);
    }
    return child;
  }

  async function kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = running;
    running = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  }

  return { ...bench, ...service, service, settingsFile, start, kill };
}
