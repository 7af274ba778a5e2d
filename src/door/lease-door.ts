import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../domain/clock.ts';
import { LimenError, messageOf } from '../domain/errors.ts';
import type { Report } from '../domain/event.ts';
import type { Door, UnlockRequest } from './door.ts';
import { LockClient } from './lock-client.ts';

/** What a door needs. `driver` and `driverOptions` are chosen by `compose.ts`. */
export interface DoorOptions {
  /** URL of a module that is a `LockDriver`. */
  readonly driver: URL;
  /** The driver's own settings, JSON values only; the door adds the place of the rest file. */
  readonly driverOptions: object;
  readonly pulseMs: number;
  /** Enforced by the lock process itself, counted from the first release. */
  readonly longestPulseMs: number;
  /** Private to the door: socket and rest file. Under systemd its RuntimeDirectory, see {@link doorFolder}. */
  readonly folder: string;
  readonly report: Report;
  readonly clock: Clock;
  /** How often the daemon shows that it is alive. */
  readonly beatMs?: number;
  /** How long the daemon may say nothing while the door is open before it is locked. */
  readonly silenceMs?: number;
  /** How long the lock process may take to answer before it is killed and started anew. */
  readonly answerMs?: number;
}

/**
 * Where the door keeps socket and rest file: systemd's runtime folder, where `limen-rest` looks for it, or else a
 * folder beside the data.
 */
export function doorFolder(dataFolder: string, environment: NodeJS.ProcessEnv = process.env): string {
  return environment.RUNTIME_DIRECTORY?.split(':')[0] || `${dataFolder}/door`;
}

/**
 * A door whose lock lives in a process of its own. Starts that process, which drives the rest level first, and keeps
 * it running. Opens nothing; unlocking and locking are reported as they are read back from the line.
 * The verdict belongs in the journal before `unlock` is called.
 *
 * @throws LimenError why the lock cannot be used: `door.line-missing`, `door.line-busy`, `door.denied`,
 *   `door.driver-missing`, `door.fault`, `door.lock-process-failed`, `file.unwritable`.
 */
export async function openDoor(options: DoorOptions): Promise<Door> {
  const door = new LeaseDoor(options);
  await door.start();
  return door as unknown as Door;
}

/** Restarts: at once, then slower and slower, so that a broken relay board does not eat a core. */
const backOffMs = [0, 100, 500, 2000, 10_000];
/** A lock process that lived this long was not part of a crash loop. */
const healthyAfterMs = 60_000;

class LeaseDoor implements Pick<Door, 'name' | 'unlock' | 'lock' | 'close'> {
  readonly #options: DoorOptions;
  readonly #closing = new AbortController();
  #client: LockClient | null = null;
  #startedAtMs = 0;
  #failures = 0;
  #unlockedAtMs: number | null = null;
  #lastFault = '';
  #name = 'lock';
  #beat: NodeJS.Timeout | undefined;

  constructor(options: DoorOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#name;
  }

  get state(): 'locked' | 'unlocked' | 'fault' {
    if (this.#client === null) return 'fault';
    return this.#unlockedAtMs === null ? 'locked' : 'unlocked';
  }

  async start(): Promise<void> {
    const { beatMs = 500, silenceMs = 2000, answerMs = 3000, clock, ...options } = this.#options;
    const client = await LockClient.start({
      ...options,
      silenceMs,
      answerMs,
      onSecured: (cause, openMs) => this.#secured(cause, openMs),
      onEnd: (reason) => this.#ended(reason),
    });
    this.#startedAtMs = clock.monotonicMs();
    this.#name = client.lockName;
    this.#client = client;
    // Its failure needs no handling of its own: a client that does not answer ends, and that is handled.
    this.#beat = setInterval(() => client.request({ beat: true }).catch(() => {}), beatMs);
    // A lock process that ended mid-pulse could not say when the line went to rest. It is at rest now.
    if (this.#unlockedAtMs !== null) this.#secured('lock-process-restarted', this.#openForMs());
    if (this.#closing.signal.aborted) await this.close();
  }

  async unlock({ cause, personId }: UnlockRequest): Promise<void> {
    const client = this.#running();
    try {
      await client.request({ lease: this.#options.pulseMs }, ({ leaseMs }) => {
        this.#unlockedAtMs ??= this.#options.clock.monotonicMs();
        this.#options.report({ kind: 'door.unlocked', body: { cause, personId, pulseMs: leaseMs } });
      });
    } catch (error) {
      // Whatever went wrong, the journal included: the door must not stay open on it.
      client.request({ secure: 'unlock-failed' }).catch(() => {});
      throw error;
    }
  }

  async lock(cause: string): Promise<void> {
    await this.#running().request({ secure: cause });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    clearInterval(this.#beat);
    const client = this.#client;
    if (client === null) return;
    await client.request({ secure: 'closing' }).catch(() => {});
    await client.stop();
    this.#client = null;
  }

  #running(): LockClient {
    if (this.#client !== null && !this.#closing.signal.aborted) return this.#client;
    throw new LimenError('door.lock-process-failed', 'The lock process is not running; the door stays at rest.', {
      hint: 'limen is starting it again. If this lasts, look for door.fault in "limen journal".',
    });
  }

  #secured(cause: string, openMs: number): void {
    if (this.#unlockedAtMs === null) return;
    this.#unlockedAtMs = null;
    this.#options.report({ kind: 'door.locked', body: { cause, openMs } });
  }

  #ended(reason: string): void {
    clearInterval(this.#beat);
    this.#client = null;
    if (this.#closing.signal.aborted) return;
    if (this.#options.clock.monotonicMs() - this.#startedAtMs > healthyAfterMs) this.#failures = 0;
    this.#lastFault = '';
    void this.#restart();
    this.#fault('door.lock-process-failed', reason);
  }

  async #restart(): Promise<void> {
    while (this.#client === null && !this.#closing.signal.aborted) {
      const waitMs = backOffMs[Math.min(this.#failures, backOffMs.length - 1)];
      this.#failures += 1;
      try {
        await delay(waitMs, undefined, { signal: this.#closing.signal });
        await this.start();
      } catch (error) {
        if (this.#closing.signal.aborted) return;
        this.#fault(error instanceof LimenError ? error.code : 'door.fault', messageOf(error));
      }
    }
  }

  /** A fault that lasts is reported once, not once per attempt: the journal is for events. */
  #fault(code: string, reason: string): void {
    if (reason === this.#lastFault) return;
    this.#lastFault = reason;
    this.#options.report({ kind: 'door.fault', body: { code, reason } });
  }

  #openForMs(): number {
    return this.#unlockedAtMs === null ? 0 : Math.round(this.#options.clock.monotonicMs() - this.#unlockedAtMs);
  }
}
