import { dirname } from 'node:path';
import { LimenError, messageOf, systemCodeOf } from '../domain/errors.ts';
import { connected, type LockCarrier } from './lock-carrier.ts';
import type { LockProcessSettings } from './lock-settings.ts';
import { restFileIn } from './lock-spawn.ts';
import { type LockTerms, termsOf } from './lock-terms.ts';

/** A lock process that somebody else runs: systemd, as `limen-lock.service`. */
export interface LockServiceOptions {
  readonly socketPath: string;
  readonly terms: LockTerms;
}

/** The settings of the lock process that {@link reachLockService} reaches; its rest file is beside its socket. */
export function lockServiceSettings({ socketPath, terms }: LockServiceOptions): LockProcessSettings {
  return { ...termsOf(terms), socketPath, restFile: restFileIn(dirname(socketPath)), runsAs: 'service' };
}

/**
 * Connect to the lock service. The end of the connection is all that the daemon can do to it: the service then brings
 * its line to rest by itself, and one that hangs is systemd's to restart.
 *
 * @throws LimenError `door.lock-service-missing`, `door.denied` when its socket is not for this user.
 */
export async function reachLockService({ socketPath, terms }: LockServiceOptions): Promise<LockCarrier> {
  const socket = await connected(socketPath).catch((cause) => {
    throw unreachable(socketPath, cause);
  });
  return {
    socket,
    terms,
    release: () => socket.end(),
    abandon: () => socket.destroy(),
    ended: new Promise((resolve) => {
      socket.once('close', () => resolve(`The lock service at ${socketPath} has ended the connection.`));
    }),
  };
}

function unreachable(socketPath: string, cause: unknown): LimenError {
  const code = systemCodeOf(cause);
  if (code === 'EACCES' || code === 'EPERM') {
    return new LimenError('door.denied', `limen may not use the lock service's socket ${socketPath} (${code}).`, {
      hint: 'Add the user limen runs as to the group "limen-lock": "usermod -aG limen-lock limen"; then restart limen.',
      cause,
    });
  }
  const why = code === 'ENOENT' ? 'nothing is there' : code === 'ECONNREFUSED' ? 'nobody listens' : messageOf(cause);
  return new LimenError('door.lock-service-missing', `The lock service cannot be reached at ${socketPath}: ${why}.`, {
    hint:
      'Start it with "systemctl enable --now limen-lock"; "journalctl -u limen-lock" says why it ended. ' +
      'Without the service, set door.lockProcess to "own".',
    cause,
  });
}
