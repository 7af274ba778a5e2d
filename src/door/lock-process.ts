#!/usr/bin/env node
/**
 * The lock process: the only code that moves the lock, in a process of its own, so that nothing that happens to camera,
 * network, recognition or the daemon's memory can keep a door open. Every way out of it passes through the rest level.
 *
 *   limen-lock SETTINGS_FILE
 */
import { chmodSync } from 'node:fs';
import { isLimenError, messageOf } from '../domain/errors.ts';
import { openLock } from './line-lock.ts';
import type { Lock } from './lock.ts';
import { failureOf } from './lock-failure.ts';
import { LockKeeper } from './lock-keeper.ts';
import type { LockStart } from './lock-protocol.ts';
import { LockServer } from './lock-server.ts';
import { type LockProcessSettings, readLockSettings } from './lock-settings.ts';
import { termsOf } from './lock-terms.ts';

const exitCodes = { atRest: 0, unavailable: 69, internal: 70, config: 78 };

process.title = 'limen-lock';
const settings = settingsOrEnd(process.argv[2]);
// What it makes is for the user it runs as and nobody else.
process.umask(0o077);
try {
  const lock = await openLock({ ...settings.lock, restFile: settings.restFile });
  const server = new LockServer({ lock: lock.name, terms: termsOf(settings) });
  const keeper = holdToLeases(lock, server);
  await server.listen(settings.socketPath, keeper);
  // The daemon is a member of the service's group.
  if (settings.runsAs === 'service') chmodSync(settings.socketPath, 0o660);
  await tellParent({ listening: settings.socketPath, lock: lock.name });
  await tellSystemd(lock, keeper);
} catch (error) {
  await tellParent({ failure: failureOf(error) });
  if (settings.runsAs === 'service') complain(error);
  process.exit(exitCodes.unavailable);
}

function settingsOrEnd(path: string | undefined): LockProcessSettings {
  try {
    return readLockSettings(path);
  } catch (error) {
    complain(error);
    process.exit(exitCodes.config);
  }
}

/** A keeper whose lock is brought to rest on every way out of this process that can still run code. */
function holdToLeases(lock: Lock, server: LockServer): LockKeeper {
  const keeper = new LockKeeper({
    ...termsOf(settings),
    lock,
    onSecured: (secured, openMs) => server.say({ secured, openMs }),
    // Ending is the last resort: the supervisor opens the line anew, and systemd's limen-rest follows.
    onStuck: (error) => leave(exitCodes.internal, messageOf(error)),
  });
  process.on('exit', () => attempt(() => lock.close()));
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => leave(exitCodes.atRest));
  process.on('uncaughtException', (error) => leave(exitCodes.internal, messageOf(error)));
  process.on('unhandledRejection', (error) => leave(exitCodes.internal, messageOf(error)));
  if (settings.runsAs === 'child')
    process.stdin
      .on('end', () => leave(exitCodes.atRest))
      .on('error', () => leave(0))
      .resume();

  function leave(exitCode: number, reason?: string): void {
    // Rest first, words later: writing to a reader that is gone may itself fail.
    if (exitCode === exitCodes.atRest) keeper.secure('lock-process-stopped');
    else attempt(() => lock.secure());
    if (reason !== undefined) attempt(() => process.stderr.write(`${reason}\n`));
    process.exit(exitCode);
  }
  return keeper;
}

function tellParent(start: LockStart): Promise<void> {
  if (settings.runsAs !== 'child') return Promise.resolve();
  return new Promise((resolve) => {
    process.stdout.on('error', () => resolve());
    process.stdout.write(`${JSON.stringify(start)}\n`, () => resolve());
  });
}

/** READY, and a watchdog that is fed only while the line can be read; a line that left rest by itself is driven back. */
async function tellSystemd(lock: Lock, keeper: LockKeeper): Promise<void> {
  if (settings.runsAs !== 'service') return;
  process.stderr.write(`limen-lock: ${lock.name}, at rest; listening at ${settings.socketPath}\n`);
  if (!process.env.NOTIFY_SOCKET) return;
  const { notifySystemd } = await import('../runtime/systemd.ts');
  await notifySystemd({
    healthy: () => {
      keeper.state();
      return true;
    },
    onError: (error) => process.stderr.write(`limen-lock: systemd could not be told: ${messageOf(error)}\n`),
  }).ready(`${lock.name}: at rest`);
}

function complain(error: unknown): void {
  const { message, hint, code } = { hint: null, ...failureOf(error) };
  attempt(() => process.stderr.write(`limen-lock: ${message} [${code}]\n`));
  if (hint !== null && isLimenError(error)) attempt(() => process.stderr.write(`mend:  ${hint}\n`));
}

function attempt(work: () => void): void {
  try {
    work();
  } catch {
    // On the way out: what failed here is tried again by the 'exit' handler and by limen-rest.
  }
}
