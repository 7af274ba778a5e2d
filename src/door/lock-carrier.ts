import { connect, type Socket } from 'node:net';
import { LimenError, messageOf } from '../domain/errors.ts';

/** What carries the daemon's words to one lock process, and its end. */
export interface LockCarrier {
  readonly socket: Socket;
  /** Let go of the lock process in good order: it brings the line to rest. */
  release(): void;
  /** Give it up at once: it does not answer. */
  abandon(): void;
  /** Resolves, with the reason, when it is gone. */
  readonly ended: Promise<string>;
}

/**
 * Reach the lock process of limen-lock.service, whose life is systemd's business: it is neither started nor ended here.
 *
 * @throws LimenError `door.lock-process-failed`
 */
export async function reachLockService(socketPath: string): Promise<LockCarrier> {
  const socket = await connected(socketPath);
  const ended = new Promise<string>((resolve) => {
    socket.on('close', () => resolve(`The lock process at ${socketPath} closed the connection.`));
  });
  return { socket, release: () => socket.end(), abandon: () => socket.destroy(), ended };
}

/** @throws LimenError `door.lock-process-failed`, its hint by what the kernel said. */
export function connected(socketPath: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath, () => resolve(socket));
    socket.once('error', (cause) =>
      reject(
        new LimenError('door.lock-process-failed', `The lock process cannot be reached: ${messageOf(cause)}`, {
          hint: 'See "systemctl status limen-lock"; the user limen runs as must be in the group "limen-lock".',
          cause,
        }),
      ),
    );
  });
}
