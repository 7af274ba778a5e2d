import { connect, type Socket } from 'node:net';
import type { LockTerms } from './lock-terms.ts';

/** What carries the daemon's words to one lock process, and its end: a child of the daemon, or a service. */
export interface LockCarrier {
  readonly socket: Socket;
  /** What the lock process must hold itself to. */
  readonly terms: LockTerms;
  /** Let go of the lock process in good order: it brings the line to rest. */
  release(): void;
  /** Give it up at once: it does not answer. */
  abandon(): void;
  /** Resolves, with the reason, when it is gone. */
  readonly ended: Promise<string>;
}

/** Connect to a lock process that listens; rejects with what the system says. */
export function connected(socketPath: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath, () => {
      socket.off('error', reject);
      // A peer that is gone is handled by 'close', which follows every error.
      socket.on('error', () => {});
      resolve(socket);
    });
    socket.once('error', reject);
  });
}
