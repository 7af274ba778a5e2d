import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type ErrorCode, LimenError, messageOf } from '../domain/errors.ts';
import { type LockAnswer, type LockFailure, type LockSecured, lineSplitter } from './lock-protocol.ts';
import { firstWords, type LockSpawnOptions, socketPathIn, spawnLockProcess } from './lock-spawn.ts';

/** How a lock process is started, and whom it tells. */
export interface LockClientOptions extends LockSpawnOptions {
  /** How long an answer may take before the lock process counts as hung and is killed. */
  readonly answerMs: number;
  readonly onSecured: (cause: string, openMs: number) => void;
  /** The process is gone, whatever the reason. Called once. */
  readonly onEnd: (reason: string) => void;
}

type Verb = { lease: number } | { secure: string } | { beat: true };
type Answered = Extract<LockAnswer, { state: unknown }>;
interface Waiting {
  readonly onAnswer: (answer: Answered) => void;
  readonly reject: (error: unknown) => void;
}

/** The daemon's end of one lock process: its child, its socket, and the requests on their way. */
export class LockClient {
  /** The lock's own name, from its driver. */
  readonly lockName: string;
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #socket: Socket;
  readonly #options: LockClientOptions;
  readonly #waiting = new Map<number, Waiting>();
  readonly #ended: Promise<void>;
  #nextId = 1;
  #isEnded = false;

  private constructor(lockName: string, child: ChildProcess, socket: Socket, options: LockClientOptions) {
    this.lockName = lockName;
    this.pid = child.pid ?? 0;
    this.#child = child;
    this.#socket = socket;
    this.#options = options;
    this.#ended = this.#watch();
  }

  /**
   * Start a lock process and connect to it. When this resolves, the line is at rest.
   *
   * @throws LimenError what the driver said (`door.line-busy` …), or `door.lock-process-failed`.
   */
  static async start(options: LockClientOptions): Promise<LockClient> {
    const socketPath = socketPathIn(options.folder);
    const child = spawnLockProcess(options, socketPath);
    try {
      const start = await firstWords(child);
      if ('failure' in start) throw errorOf(start.failure);
      const socket = await connected(socketPath);
      if (child.exitCode !== null || child.signalCode !== null) throw ended('It ended as soon as it had started.');
      return new LockClient(start.lock, child, socket, options);
    } catch (error) {
      await endOf(child);
      throw error;
    }
  }

  /**
   * Send one request. `onAnswer` runs before anything that the lock process says later is looked at.
   *
   * @throws LimenError what the lock process answered, or `door.lock-process-failed` when it does not.
   */
  request(verb: Verb, onAnswer: (answer: Answered) => void = () => {}): Promise<void> {
    if (this.#isEnded) return Promise.reject(ended('The lock process has ended.'));
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const hung = setTimeout(() => this.#killUnlessAnswered(id), this.#options.answerMs);
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
      this.#socket.write(`${JSON.stringify({ id, ...verb })}\n`);
    });
  }

  /** End the process by closing its standard input, which brings the line to rest first; kill it if that takes long. */
  async stop(): Promise<void> {
    const kill = setTimeout(() => this.kill(), this.#options.answerMs);
    this.#child.stdin?.end();
    await this.#ended;
    clearTimeout(kill);
  }

  /** End the process at once. The line stays as it is until a new lock process, or limen-rest, drives it. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** After a stall of our own, the answer may lie unread in the socket: look there before calling the other side hung. */
  #killUnlessAnswered(id: number): void {
    setImmediate(() => {
      if (this.#waiting.has(id)) this.kill();
    });
  }

  #watch(): Promise<void> {
    let lastWords = '';
    this.#child.stderr?.on('data', (chunk) => {
      lastWords = `${lastWords}${chunk}`.slice(-500);
    });
    const take = lineSplitter((line) => this.#hear(JSON.parse(line)));
    this.#socket.on('data', take).on('error', () => {});
    // Without its socket the process is of no use, and it is at rest or dying: end it, so that a new one can start.
    this.#socket.on('close', () => this.kill());
    return new Promise((resolve) => {
      this.#child.on('close', (code, signal) => {
        this.#isEnded = true;
        this.#socket.destroy();
        const reason = `The lock process ended (${signal ?? `exit code ${code}`}). ${lastWords}`.trim();
        for (const { reject } of this.#waiting.values()) reject(ended(reason));
        this.#waiting.clear();
        resolve();
        this.#options.onEnd(reason);
      });
    });
  }

  #hear(message: LockAnswer | LockSecured): void {
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

/** Two lock processes on one line would argue: the next one starts when this one is gone. */
async function endOf(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

function connected(socketPath: string): Promise<Socket> {
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

function errorOf(failure: LockFailure): LimenError {
  return new LimenError(
    failure.code as ErrorCode,
    failure.message,
    failure.hint === undefined ? {} : { hint: failure.hint },
  );
}

function ended(reason: string): LimenError {
  return new LimenError('door.lock-process-failed', reason, {
    hint: 'The door is at rest as soon as limen, or systemd/limen-rest, has driven the line again.',
  });
}
