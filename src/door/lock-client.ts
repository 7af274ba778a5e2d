import { LimenError } from '../domain/errors.ts';
import type { LockCarrier } from './lock-carrier.ts';
import { errorOf } from './lock-failure.ts';
import {
  type LockAnswer,
  type LockGreeting,
  type LockSecured,
  type LockTurnedAway,
  type LockVerb,
  lineSplitter,
} from './lock-protocol.ts';
import { termsDiffer } from './lock-terms.ts';

/** Whom a lock process tells. */
export interface LockClientOptions {
  /** How long an answer may take before the lock process counts as hung and is given up. */
  readonly answerMs: number;
  readonly onSecured: (cause: string, openMs: number) => void;
  /** The process is gone, whatever the reason, and nothing waits for its answer any more. Called once. */
  readonly onEnd: (reason: string) => void;
}

type Answered = Extract<LockAnswer, { state: unknown }>;
interface Waiting {
  readonly onAnswer: (answer: Answered) => void;
  readonly reject: (error: unknown) => void;
}

/** The daemon's end of one lock process: its socket, and the requests on their way. */
export class LockClient {
  readonly #carrier: LockCarrier;
  readonly #options: LockClientOptions;
  readonly #waiting = new Map<number, Waiting>();
  readonly #ended: Promise<void>;
  #lockName: string | null = null;
  /** Why this lock process is not to be used. */
  #refusal: LimenError | null = null;
  #onGreeting: () => void = () => {};
  #nextId = 1;
  #isEnded = false;

  private constructor(carrier: LockCarrier, options: LockClientOptions) {
    this.#carrier = carrier;
    this.#options = options;
    const take = lineSplitter((line) => this.#hear(JSON.parse(line)));
    carrier.socket
      .on('data', (chunk) => {
        try {
          take(chunk);
        } catch {
          // Not the words of a lock process: who speaks there must not be trusted with the door.
          carrier.abandon();
        }
      })
      .on('error', () => {});
    this.#ended = carrier.ended.then((reason) => this.#end(reason));
  }

  /**
   * Speak with a lock process. Resolves when it has said whose door it holds, on the terms that the carrier names.
   *
   * @throws LimenError `door.lock-process-failed` when it says nothing, `door.lock-taken` when it serves another
   *   daemon, `door.lock-settings-differ`.
   */
  static async open(carrier: LockCarrier, options: LockClientOptions): Promise<LockClient> {
    let isOpen = false;
    const client = new LockClient(carrier, { ...options, onEnd: (reason) => isOpen && options.onEnd(reason) });
    const greeting = new Promise<void>((resolve) => {
      client.#onGreeting = resolve;
    });
    const impatience = setTimeout(() => carrier.abandon(), options.answerMs);
    await Promise.race([greeting, client.#ended]);
    clearTimeout(impatience);
    if (client.#isEnded) throw client.#refusal ?? ended(`${await carrier.ended} It said nothing.`);
    isOpen = true;
    return client;
  }

  /** The lock's own name, from its driver. */
  get lockName(): string {
    return this.#lockName ?? 'lock';
  }

  /**
   * Send one request. `onAnswer` runs before anything that the lock process says later is looked at.
   *
   * @throws LimenError what the lock process answered, or `door.lock-process-failed` when it does not.
   */
  request(verb: LockVerb, onAnswer: (answer: Answered) => void = () => {}): Promise<void> {
    if (this.#isEnded) return Promise.reject(ended('The lock process has ended.'));
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const hung = setTimeout(() => this.#abandonUnlessAnswered(id), this.#options.answerMs);
      this.#waiting.set(id, {
        reject: (error) => {
          clearTimeout(hung);
          reject(error);
        },
        onAnswer: (answer) => {
          clearTimeout(hung);
          try {
            resolve(onAnswer(answer));
          } catch (error) {
            reject(error);
          }
        },
      });
      this.#carrier.socket.write(`${JSON.stringify({ id, ...verb })}\n`);
    });
  }

  /** Let go of the lock process, which brings the line to rest first; give it up if that takes long. */
  async stop(): Promise<void> {
    const impatience = setTimeout(() => this.#carrier.abandon(), this.#options.answerMs);
    this.#carrier.release();
    await this.#ended;
    clearTimeout(impatience);
  }

  /** After a stall of our own, the answer may lie unread in the socket: look there before calling the other side hung. */
  #abandonUnlessAnswered(id: number): void {
    setImmediate(() => {
      if (this.#waiting.has(id)) this.#carrier.abandon();
    });
  }

  #end(reason: string): void {
    this.#isEnded = true;
    this.#carrier.socket.destroy();
    for (const { reject } of this.#waiting.values()) reject(ended(reason));
    this.#waiting.clear();
    this.#options.onEnd(reason);
  }

  #hear(message: LockGreeting | LockTurnedAway | LockAnswer | LockSecured): void {
    if ('lock' in message) {
      this.#refusal = termsDiffer(this.#carrier.terms, message.terms);
      this.#lockName = message.lock;
      if (this.#refusal === null) this.#onGreeting();
      else this.#carrier.abandon();
      return;
    }
    if (!('id' in message) && 'failure' in message) {
      this.#refusal = errorOf(message.failure);
      return;
    }
    if ('secured' in message) {
      this.#options.onSecured(message.secured, message.openMs);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if ('failure' in message) waiting?.reject(errorOf(message.failure));
    else waiting?.onAnswer(message);
  }
}

function ended(reason: string): LimenError {
  return new LimenError('door.lock-process-failed', reason, {
    hint: 'The door is at rest as soon as limen, or systemd/limen-rest, has driven the line again.',
  });
}
