import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LimenError, systemCodeOf } from '../domain/errors.ts';
import { type LockOptions, openLock } from '../door/line-lock.ts';

/** What a click needs. */
export interface ClickOptions {
  readonly lock: Omit<LockOptions, 'restFile'>;
  /** Where the lock process of this door listens while it runs. */
  readonly socketPaths: readonly string[];
  /** How long the relay is on "open". */
  readonly openMs: number;
}

/**
 * Release the lock once and bring it back to rest: THE DOOR IS OPEN MEANWHILE. Returns the lock's name.
 *
 * @throws LimenError `door.line-busy` while limen or anybody else holds the lock; nothing has moved then. Else as
 *   `openLock`, and `door.fault` when the line does not do what it is told.
 */
export async function clickRelay({ lock, socketPaths, openMs }: ClickOptions): Promise<string> {
  for (const path of socketPaths) await refuseWhileServed(path);
  // The recipe is for a lock process that stays; one in the door's folder, left there by root, would keep limen out.
  const folder = mkdtempSync(join(tmpdir(), 'limen-click-'));
  try {
    const opened = await openLock({ ...lock, restFile: join(folder, 'lock.rest') });
    const secureAndEnd = () => {
      opened.close();
      process.exit(130);
    };
    process.once('SIGINT', secureAndEnd).once('SIGTERM', secureAndEnd);
    try {
      opened.release();
      await delay(openMs);
      if (opened.read() !== 'released') throw unmoved(opened.name, 'left rest');
      opened.secure();
      if (opened.read() !== 'secured') throw unmoved(opened.name, 'returned to rest');
      return opened.name;
    } finally {
      process.off('SIGINT', secureAndEnd).off('SIGTERM', secureAndEnd);
      opened.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** sysfs and files know no owner, so ask the lock process itself. One that cannot be asked counts as running. */
async function refuseWhileServed(path: string): Promise<void> {
  const code = await new Promise<string | null>((resolve) => {
    const socket = createConnection(path, () => {
      socket.destroy();
      resolve(null);
    });
    socket.on('error', (error) => resolve(systemCodeOf(error) ?? 'failed'));
  });
  if (code === 'ENOENT' || code === 'ECONNREFUSED') return;
  const why = code === null ? 'answers' : `may be there (${code})`;
  throw new LimenError('door.line-busy', `limen holds the lock: its lock process ${why} at ${path}.`, {
    hint: 'Stop limen (sudo systemctl stop limen limen-lock), click as the user limen runs as, then start it again.',
  });
}

function unmoved(name: string, what: string): LimenError {
  return new LimenError('door.fault', `The lock ${name} was told to, but has not ${what}.`, {
    hint: 'Check the wiring of the relay, and that no other program drives the same line.',
  });
}
