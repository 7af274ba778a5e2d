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

/** Connect to a lock process that listens. @throws LimenError `door.lock-process-failed` */
export function connected(socketPath: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath, () => resolve(socket));
    socket.once('error', (cause) =>
      reject(
        new LimenError('door.lock-process-failed', `The lock process cannot be reached: ${messageOf(cause)}`, {
          cause,
        }),
      ),
    );
  });
}
