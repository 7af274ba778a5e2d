import { rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { isLimenError, LimenError } from '../domain/errors.ts';
import { failureOf } from './lock-failure.ts';
import type { LockKeeper } from './lock-keeper.ts';
import {
  type LockAnswer,
  type LockGreeting,
  type LockRequest,
  type LockSecured,
  type LockTurnedAway,
  lineSplitter,
  parseRequest,
} from './lock-protocol.ts';

/** The lock process's end of its socket. One peer is served: a second one would be a second opinion about the same door. */
export class LockServer {
  readonly #greeting: LockGreeting;
  #peer: Socket | null = null;

  constructor(greeting: LockGreeting) {
    this.#greeting = greeting;
  }

  /** Resolves when peers can connect. What lies at `socketPath` from an earlier life is removed. Rejects with what the system says. */
  listen(socketPath: string, keeper: LockKeeper): Promise<void> {
    rmSync(socketPath, { force: true });
    return new Promise((resolve, reject) => {
      createServer((socket) => this.#welcome(socket, keeper))
        .once('error', reject)
        .listen(socketPath, () => resolve());
    });
  }

  /** Tell the peer, if there is one, that an opening ended. */
  say(message: LockGreeting | LockAnswer | LockSecured): void {
    if (this.#peer?.writable) this.#peer.write(`${JSON.stringify(message)}\n`);
  }

  #welcome(socket: Socket, keeper: LockKeeper): void {
    // A peer that is gone is handled by 'close', which follows every error.
    socket.on('error', () => {});
    if (this.#peer !== null) {
      turnAway(socket);
      return;
    }
    this.#peer = socket;
    this.say(this.#greeting);
    const depart = () => {
      if (this.#peer !== socket) return;
      this.#peer = null;
      keeper.secure('disconnected');
      // The daemon keeps lockdown, and says so before anything else when it is back; meanwhile nobody can ask.
      keeper.lift();
    };
    // The end of its words is its end: whoever connects right after it must not be turned away.
    socket.on('end', depart).on('close', depart);
    const take = lineSplitter((line) => this.#answer(line, keeper));
    socket.on('data', (chunk) => {
      try {
        take(chunk);
      } catch {
        keeper.secure('malformed-message');
        socket.destroy();
      }
    });
  }

  #answer(line: string, keeper: LockKeeper): void {
    const request = parseRequest(line);
    keeper.heard();
    try {
      const leaseMs = obey(request, keeper);
      this.say({ id: request.id, ...keeper.state(), ...(leaseMs === null ? {} : { leaseMs }) });
    } catch (error) {
      // What is refused changes nothing; what failed ends at rest.
      const isRefused = isLimenError(error, 'door.lockdown') || isLimenError(error, 'door.hold-refused');
      if (!isRefused) keeper.secure('fault');
      this.say({ id: request.id, failure: failureOf(error) });
    }
  }
}

/** Returns how long the opening that was asked for lasts, `null` when none was. */
function obey(request: LockRequest, keeper: LockKeeper): number | null {
  if ('lease' in request) return keeper.ask({ kind: request.egress ? 'egress' : 'lease', ms: request.lease });
  if ('hold' in request) return keeper.ask({ kind: 'hold', ms: request.hold });
  if ('secure' in request) keeper.secure(request.secure);
  if ('lockdown' in request) keeper.lockdown();
  if ('lift' in request) keeper.lift();
  return null;
}

/** Told why, and let go of at once: nothing that it says is looked at. */
function turnAway(socket: Socket): void {
  const taken = new LimenError('door.lock-taken', 'The lock process serves another daemon.', {
    hint: 'Two daemons are told to use one lock: stop the other one, or give it a lock of its own.',
  });
  const message: LockTurnedAway = { failure: failureOf(taken) };
  socket.end(`${JSON.stringify(message)}\n`, () => socket.destroy());
}
