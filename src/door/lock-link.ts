import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../domain/clock.ts';
import { type ErrorCode, LimenError, messageOf } from '../domain/errors.ts';
import type { LockCarrier } from './lock-carrier.ts';
import { LockClient } from './lock-client.ts';
import type { LockVerb } from './lock-protocol.ts';

/** How a lock process is reached, and whom the link tells. */
export interface LockLinkOptions {
  /** Start a lock process, or connect to one that is there. */
  readonly reach: () => Promise<LockCarrier>;
  readonly clock: Clock;
  /** How often the daemon shows that it is alive. */
  readonly beatMs: number;
  /** How long the lock process may take to answer before it is given up and another one is reached. */
  readonly answerMs: number;
  /** A lock process is there, its line at rest. What is asked from here on is asked of it. */
  readonly onUp: () => void;
  /** It is gone, or still cannot be reached. Called for every attempt. */
  readonly onDown: (code: ErrorCode, reason: string) => void;
  readonly onSecured: (cause: string, openMs: number) => void;
}

/** Attempts: at once, then slower and slower, so that a broken relay board does not eat a core. */
const backOffMs = [0, 100, 500, 1000, 2000, 4000, 10_000];
/** A lock process that lived this long was not part of a crash loop. */
const healthyAfterMs = 60_000;

/** Keeps a lock process within reach for as long as the door lives. */
export class LockLink {
  readonly #options: LockLinkOptions;
  readonly #closing = new AbortController();
  #client: LockClient | null = null;
  #upSinceMs = 0;
  #failures = 0;
  #name = 'lock';
  #beat: NodeJS.Timeout | undefined;

  constructor(options: LockLinkOptions) {
    this.#options = options;
  }

  /** The lock's own name, from its driver. */
  get name(): string {
    return this.#name;
  }

  /** The first attempt. @throws LimenError why the lock cannot be used. */
  async start(): Promise<void> {
    const { answerMs, beatMs, clock, onSecured, onUp, reach } = this.#options;
    const client = await LockClient.open(await reach(), {
      answerMs,
      onSecured,
      onEnd: (reason) => this.#ended(reason),
    });
    if (this.#closing.signal.aborted) {
      await client.stop();
      return;
    }
    this.#client = client;
    this.#upSinceMs = clock.monotonicMs();
    this.#name = client.lockName;
    // Its failure needs no handling of its own: a client that does not answer ends, and that is handled.
    this.#beat = setInterval(() => client.request({ beat: true }).catch(() => {}), beatMs);
    onUp();
  }

  /** Ask the lock process. @throws LimenError as {@link LockClient.request}. */
  request(verb: LockVerb, onAnswer?: (answer: { readonly leaseMs: number }) => void): Promise<void> {
    if (this.#client !== null) return this.#client.request(verb, onAnswer);
    return Promise.reject(
      new LimenError('door.lock-process-failed', 'The lock process is not running; the door stays at rest.', {
        hint: 'limen is reaching for it again. If this lasts, look for door.fault in "limen journal".',
      }),
    );
  }

  /** Let go of the lock process, its line at rest. */
  async close(): Promise<void> {
    this.#closing.abort();
    clearInterval(this.#beat);
    await this.#client?.stop();
    this.#client = null;
  }

  #ended(reason: string): void {
    clearInterval(this.#beat);
    this.#client = null;
    if (this.#closing.signal.aborted) return;
    if (this.#options.clock.monotonicMs() - this.#upSinceMs > healthyAfterMs) this.#failures = 0;
    this.#options.onDown('door.lock-process-failed', reason);
    void this.#reachAgain();
  }

  async #reachAgain(): Promise<void> {
    while (this.#client === null && !this.#closing.signal.aborted) {
      const waitMs = backOffMs[Math.min(this.#failures, backOffMs.length - 1)];
      this.#failures += 1;
      try {
        await delay(waitMs, undefined, { signal: this.#closing.signal });
        await this.start();
      } catch (error) {
        if (this.#closing.signal.aborted) return;
        this.#options.onDown(error instanceof LimenError ? error.code : 'door.fault', messageOf(error));
      }
    }
  }
}
