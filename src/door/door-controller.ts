import type { Clock } from '../domain/clock.ts';
import { LimenError, messageOf } from '../domain/errors.ts';
import type { Occurrence, Report } from '../domain/event.ts';
import type { Door, DoorSignal, DoorState, DoorStatus, Passage, UnlockRequest } from './door.ts';
import { DoorCallers } from './door-callers.ts';
import { step } from './door-machine.ts';
import {
  type Ask,
  type DoorEffect,
  type DoorInput,
  type DoorInputName,
  type DoorMemory,
  type DoorSettings,
  dueOf,
  newDoor,
  stateOf,
  statusOf,
} from './door-memory.ts';
import { lockAway, lockedDown, openForFire, refusalFor } from './door-refusals.ts';
import type { LockCarrier } from './lock-carrier.ts';
import { LockLink } from './lock-link.ts';
import type { LockVerb } from './lock-protocol.ts';
import { keepLockdown, readLockdown } from './lockdown-file.ts';

/** What a door needs. `reach` starts a lock process; it is called again when that one ends. */
export interface DoorOptions {
  readonly settings: DoorSettings;
  readonly reach: () => Promise<LockCarrier>;
  /** Where lockdown is kept. */
  readonly lockdownFile: string;
  /** What it throws on `door.unlocked` ends that opening; on anything else it is not this room's to handle. */
  readonly report: Report;
  readonly clock: Clock;
  readonly onPassed?: (passage: Passage) => void;
  /** Told after every step, for lights and for the network. */
  readonly onChange?: (status: DoorStatus) => void;
  readonly onSignal?: (signal: DoorSignal) => void;
  /** Told once, when the lock is about to be let go of. */
  readonly onClose?: () => void;
  /** How often the daemon shows that it is alive. */
  readonly beatMs?: number;
  /** How long the lock process may take to answer before it is given up and another one is reached. */
  readonly answerMs?: number;
}

/** A door with its senses open to whoever reads its inputs. */
export interface ControlledDoor extends Door {
  /** An input changed, debounced. `atMs` on the door's clock. */
  feel(input: DoorInputName, active: boolean, atMs: number): void;
  /** An input cannot be read; what is told more than once counts once. It is felt again when it is back. */
  blind(input: DoorInputName, error: LimenError): void;
}

/**
 * Open a door: its lock at rest, its lockdown as it was kept. Opens nothing by itself; what it does is reported as it is
 * read back from the line. The verdict belongs in the journal before `unlock` is called.
 *
 * @throws LimenError why the lock cannot be used: `door.line-missing`, `door.line-busy`, `door.denied`,
 *   `door.driver-missing`, `door.fault`, `door.lock-process-failed`, `file.unwritable`.
 */
export async function openDoor(options: DoorOptions): Promise<ControlledDoor> {
  const kept = await readLockdown(options.lockdownFile);
  const door = new DoorController(options, kept.cause);
  try {
    await door.start();
  } catch (error) {
    await door.close();
    throw error;
  }
  const { fault } = kept;
  if (fault !== null) {
    const reason = `${fault.message} The door is in lockdown.`;
    quietly(() => options.report({ kind: 'door.fault', body: { code: fault.code, reason } }));
  }
  return door;
}

class DoorController implements ControlledDoor {
  readonly #options: DoorOptions;
  readonly #link: LockLink;
  readonly #callers = new DoorCallers();
  #memory: DoorMemory;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;
  /** A lock process that is there has been told of lockdown, or is dying of it. */
  #told: Promise<void> = Promise.resolve();
  /** Lockdowns are kept one after the other: the last one asked for is the one that stays. */
  #keeping: Promise<void> = Promise.resolve();

  constructor(options: DoorOptions, lockdown: string | null) {
    this.#options = options;
    this.#memory = newDoor(lockdown);
    const { answerMs = 3000, beatMs = 500, clock, reach } = options;
    this.#link = new LockLink({
      ...{ answerMs, beatMs, clock, reach },
      onUp: () => {
        this.#told = this.#step({ kind: 'back' });
      },
      onDown: (code, reason) => void this.#step({ kind: 'lost', code, reason }),
      onSecured: (cause, openMs) => void this.#step({ kind: 'secured', cause, openMs }),
    });
  }

  async start(): Promise<void> {
    await this.#link.start();
    await this.#told;
  }

  get name(): string {
    return this.#link.name;
  }

  get state(): DoorState {
    return stateOf(this.#memory);
  }

  get status(): DoorStatus {
    return statusOf(this.#memory);
  }

  unlock({ cause, personId, extended = false }: UnlockRequest): Promise<void> {
    return this.#withTicket((ticket) => this.#step({ kind: 'grant', cause, personId, extended, ticket }));
  }

  hold(cause: string): Promise<void> {
    return this.#withTicket((ticket) => this.#step({ kind: 'hold', cause, ticket }));
  }

  async lock(cause: string): Promise<void> {
    this.#assertOpen();
    await this.#step({ kind: 'lock', cause });
    if (this.#memory.felt.fire === true) throw openForFire();
  }

  async endHold(cause: string): Promise<void> {
    await this.#step({ kind: 'end-hold', cause });
  }

  async withdraw(cause: string): Promise<void> {
    await this.#step({ kind: 'withdraw', cause });
  }

  async lockdown(cause: string): Promise<void> {
    await this.#step({ kind: 'lockdown', cause });
  }

  async lift(cause: string): Promise<void> {
    await this.#step({ kind: 'lift', cause });
    if (this.#memory.lockdown !== null) throw lockedDown({ key: true });
  }

  signal(signal: DoorSignal): void {
    this.#options.onSignal?.(signal);
  }

  feel(input: DoorInputName, active: boolean, atMs: number): void {
    void this.#step({ kind: 'felt', input, active, atMs });
  }

  blind(input: DoorInputName, { code, message: reason }: LimenError): void {
    void this.#step({ kind: 'blind', input, code, reason });
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    await this.#link.request({ secure: 'closing' }).catch(() => {});
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#timer);
    quietly(() => this.#options.onClose?.());
    await this.#link.close();
    await this.#keeping;
  }

  #assertOpen(): void {
    if (this.#isClosed) throw lockAway('The door is closed down.');
  }

  #withTicket(start: (ticket: number) => void): Promise<void> {
    return this.#callers.wait((ticket) => {
      this.#assertOpen();
      start(ticket);
    });
  }

  /** Resolves when everything that the step asked for is done. */
  #step(input: DoorInput): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    const nowMs = this.#options.clock.monotonicMs();
    const { memory, effects, events } = step(this.#memory, input, { nowMs, settings: this.#options.settings });
    this.#memory = memory;
    // The line first, then the words: what is written to a disk takes its time.
    const done = effects.filter(({ kind }) => kind !== 'passed').map((effect) => this.#carryOut(effect));
    this.#setTimer();
    const settled = Promise.all(done).then(() => {});
    settled.catch(() => {});
    const unrecorded = events.map((event) => this.#tell(event)).find((error) => error !== null);
    for (const effect of effects) if (effect.kind === 'passed') quietly(() => this.#options.onPassed?.(effect));
    quietly(() => this.#options.onChange?.(this.status));
    // An opening that is not written down must not last, unless it is somebody's way out.
    const mustBeKept = input.kind === 'leased' && input.ask.kind !== 'egress';
    if (mustBeKept && unrecorded !== undefined) throw unrecorded;
    return settled;
  }

  /** What `report` threw; `null` when it is written down, or need not be. */
  #tell(event: Occurrence): unknown {
    try {
      this.#options.report(event);
    } catch (error) {
      if (event.kind === 'door.unlocked') return error;
    }
    return null;
  }

  async #carryOut(effect: DoorEffect): Promise<void> {
    switch (effect.kind) {
      case 'ask':
        return this.#ask(effect.ask, effect.ms);
      case 'secure':
        return this.#link.request({ secure: effect.cause });
      case 'lockdown':
        return this.#link.request({ lockdown: true });
      case 'lift':
        // Lifted on the disk first: a crash in between leaves the lock process stricter, never laxer.
        await this.#keeping;
        return this.#link.request({ lift: true });
      case 'keep-lockdown':
        this.#keeping = this.#keeping
          .catch(() => {})
          .then(() => keepLockdown(this.#options.lockdownFile, effect.cause));
        return this.#keeping;
      case 'refuse':
        this.#callers.reject(effect.ticket, refusalFor(effect.code));
        return;
    }
  }

  async #ask(ask: Ask, ms: number): Promise<void> {
    const verbs: Record<Ask['kind'], LockVerb> = {
      lease: { lease: ms },
      egress: { lease: ms, egress: true },
      hold: { hold: ms },
    };
    let isAnswered = false;
    try {
      await this.#link.request(verbs[ask.kind], ({ leaseMs }) => {
        isAnswered = true;
        void this.#step({ kind: 'leased', ask, leaseMs });
      });
      this.#callers.resolve(ask.ticket);
    } catch (error) {
      const code = error instanceof LimenError ? error.code : 'door.fault';
      // Whatever went wrong, the journal included: the door must not stay open on it. But a refusal changed nothing, and
      // must not cut short what was granted before; and in a fire nobody is locked in.
      const isRefusal = code === 'door.lockdown' || code === 'door.hold-refused';
      if (!isRefusal && this.#memory.felt.fire !== true)
        this.#link.request({ secure: 'unlock-failed' }).catch(() => {});
      if (!isAnswered) void this.#step({ kind: 'failed', ask, code, reason: messageOf(error) });
      this.#callers.reject(ask.ticket, error);
    }
  }

  #setTimer(): void {
    clearTimeout(this.#timer);
    const dueMs = dueOf(this.#memory, this.#options.settings);
    if (dueMs === null) return;
    const waitMs = Math.max(1, dueMs - this.#options.clock.monotonicMs());
    this.#timer = setTimeout(() => void this.#step({ kind: 'time' }), waitMs);
  }
}

/** Those who are told must not be able to stop the door: each logs its own failures. */
function quietly(work: () => void): void {
  try {
    work();
  } catch {
    // See above.
  }
}
