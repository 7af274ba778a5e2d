import type { DoorAlarm, DoorState } from '../domain/door-state.ts';
import type { ErrorCode } from '../domain/errors.ts';
import type { Occurrence } from '../domain/event.ts';
import type { DoorStatus } from './door.ts';

/** What a door can feel. `contact`: on while closed; `bolt`: on while bolted. */
export type DoorInputName = 'contact' | 'bolt' | 'rex' | 'tamper' | 'fire' | 'lockdownKey';

/** How a door behaves. Milliseconds throughout; see `door` in the configuration. */
export interface DoorSettings {
  readonly pulseMs: number;
  readonly extendedPulseMs: number;
  readonly longestPulseMs: number;
  readonly longestHoldMs: number;
  readonly relock: 'when-opened' | 'when-closed' | 'after-pulse';
  readonly heldOpenPreAlarmMs: number;
  readonly heldOpenAlarmMs: number;
  readonly jammedAfterMs: number;
  readonly rexUnlocks: boolean;
  readonly hasContact: boolean;
}

/** An opening that the lock process is asked for. */
export interface Ask {
  readonly kind: 'lease' | 'egress' | 'hold';
  readonly cause: string;
  readonly personId: string | null;
  /** Whom the caller's promise belongs to; `null` for what the door asks by itself. */
  readonly ticket: number | null;
  /** Keeps open what is open: not worth an event. */
  readonly renews: boolean;
}

/** What happens to a door. Times of inputs are the kernel's, on the clock of the steps. */
export type DoorInput =
  | {
      readonly kind: 'grant';
      readonly cause: string;
      readonly personId: string | null;
      readonly extended: boolean;
      readonly ticket: number;
    }
  | { readonly kind: 'hold'; readonly cause: string; readonly ticket: number }
  | { readonly kind: 'end-hold'; readonly cause: string }
  /** What was granted and not used is taken back. */
  | { readonly kind: 'withdraw'; readonly cause: string }
  | { readonly kind: 'lock'; readonly cause: string }
  | { readonly kind: 'lockdown'; readonly cause: string }
  | { readonly kind: 'lift'; readonly cause: string }
  /** The lock process answered an ask … */
  | { readonly kind: 'leased'; readonly ask: Ask; readonly leaseMs: number }
  /** … or turned it down. */
  | { readonly kind: 'failed'; readonly ask: Ask; readonly code: ErrorCode; readonly reason: string }
  /** An opening ended; the line is at rest. */
  | { readonly kind: 'secured'; readonly cause: string; readonly openMs: number }
  | { readonly kind: 'felt'; readonly input: DoorInputName; readonly active: boolean; readonly atMs: number }
  /** An input cannot be read; whenever it can be again, it is felt. */
  | { readonly kind: 'blind'; readonly input: DoorInputName; readonly code: ErrorCode; readonly reason: string }
  /** The lock process is gone, or still cannot be reached. */
  | { readonly kind: 'lost'; readonly code: ErrorCode; readonly reason: string }
  /** A lock process is there, its line at rest. */
  | { readonly kind: 'back' }
  /** A deadline may be over. */
  | { readonly kind: 'time' };

/** What is to be done about it, in order. */
export type DoorEffect =
  | { readonly kind: 'ask'; readonly ask: Ask; readonly ms: number }
  | { readonly kind: 'secure'; readonly cause: string }
  | { readonly kind: 'lockdown' }
  | { readonly kind: 'lift' }
  /** Lockdown begins or ends: keep it, beyond every restart. */
  | { readonly kind: 'keep-lockdown'; readonly cause: string | null }
  /** The caller of this ticket is told no. */
  | { readonly kind: 'refuse'; readonly ticket: number; readonly code: ErrorCode }
  /** Somebody who was let in went through. */
  | { readonly kind: 'passed'; readonly personId: string | null; readonly cause: string };

/** Somebody who was let in and has not opened the door yet. */
export interface Grant {
  readonly cause: string;
  readonly personId: string | null;
}

/** An opening, as far as the daemon knows it. */
export interface Release {
  readonly sinceMs: number;
  readonly cause: string;
  readonly personId: string | null;
  /** Until when it is somebody's way out; in the past when it is nobody's. */
  readonly wayOutUntilMs: number;
  /** Somebody opened the door in it and closed it again: nobody's hand is on the handle when it ends. */
  readonly isUsed: boolean;
}

/** Everything a door remembers. All of it is data: deadlines are times, and nothing runs by itself. */
export interface DoorMemory {
  /** Is a lock process there? */
  readonly link: boolean;
  /** Code of the fault that lasts, which is reported once; empty when there is none. */
  readonly lastFault: string;
  /** Asks on their way to the lock process. */
  readonly pending: number;
  /** So many of these were on their way when the door was opened: their answers find somebody through already. */
  readonly openedAhead: number;
  /** The line is released, as the lock process has said. */
  readonly release: Release | null;
  readonly grants: readonly Grant[];
  /** Free access: wanted, and once the lock process agreed, held. `asked`: the ticket whose answer is still to come. */
  readonly hold: { readonly cause: string; readonly held: boolean; readonly asked: number | null } | null;
  /** Why the door is in lockdown. */
  readonly lockdown: string | null;
  /** What is felt; `null` before the first reading, and where there is no such input. */
  readonly felt: Readonly<Record<DoorInputName, boolean | null>>;
  /** Inputs that cannot be read now. */
  readonly blind: readonly DoorInputName[];
  readonly openSinceMs: number;
  /** Until then an opening is by right though the line is at rest again: a request to exit, or a hand that was slow. */
  readonly byRightUntilMs: number | null;
  /** A door that stands open by right is watched: pre-alarm, then alarm. */
  readonly watch: { readonly sinceMs: number; readonly stage: 'quiet' | 'pre-alarm' | 'alarm' } | null;
  readonly jamDueMs: number | null;
  /** While there is a fire, the way out is asked for again and again. */
  readonly renewDueMs: number | null;
  /** Who has not opened the door by then did not want to. */
  readonly unusedDueMs: number | null;
  readonly alarms: Readonly<Partial<Record<DoorAlarm, number>>>;
  readonly cause: string;
}

/** What one step comes to. */
export interface DoorStep {
  readonly memory: DoorMemory;
  readonly effects: readonly DoorEffect[];
  readonly events: readonly Occurrence[];
}

/** A door of which nothing is known but whether it was in lockdown. */
export function newDoor(lockdown: string | null): DoorMemory {
  const felt = { contact: null, bolt: null, rex: null, tamper: null, fire: null, lockdownKey: null };
  return {
    ...{
      link: false,
      lastFault: '',
      pending: 0,
      openedAhead: 0,
      release: null,
      grants: [],
      hold: null,
      lockdown,
      felt,
      blind: [],
      openSinceMs: 0,
    },
    ...{ byRightUntilMs: null, watch: null, jamDueMs: null, renewDueMs: null, unusedDueMs: null, alarms: {} },
    cause: 'start',
  };
}

/** The door in one word: what is broken first, then what is physically so, then what is meant. */
export function stateOf({ link, alarms, felt, watch, release, lockdown, pending }: DoorMemory): DoorState {
  if (!link) return 'fault';
  if (alarms.forced !== undefined) return 'forced';
  if (alarms.jammed !== undefined) return 'jammed';
  if (felt.contact === false) return watch === null || watch.stage === 'quiet' ? 'opened' : 'held-open';
  if (release !== null) return 'unlocked';
  if (lockdown !== null) return 'lockdown';
  return pending > 0 ? 'unlocking' : 'locked';
}

/** Everything that others may know. */
export function statusOf(memory: DoorMemory): DoorStatus {
  const { contact } = memory.felt;
  return {
    state: stateOf(memory),
    cause: memory.cause,
    contact: contact === null ? null : contact ? 'closed' : 'open',
    alarms: Object.keys(memory.alarms) as DoorAlarm[],
    lockdown: memory.lockdown !== null,
    holding: memory.hold !== null,
  };
}

/** When the door wants to hear of the time again; `null` when it waits for nothing. */
export function dueOf(memory: DoorMemory, settings: DoorSettings): number | null {
  const { jamDueMs, renewDueMs, unusedDueMs, link } = memory;
  const dues = [watchDueOf(memory, settings), jamDueMs, link ? renewDueMs : null, unusedDueMs].filter(
    (due) => due !== null,
  );
  return dues.length === 0 ? null : Math.min(...dues);
}

/** When the next stage of an open door's watch begins. */
export function watchDueOf({ watch }: DoorMemory, settings: DoorSettings): number | null {
  if (watch === null || watch.stage === 'alarm') return null;
  return watch.sinceMs + (watch.stage === 'quiet' ? settings.heldOpenPreAlarmMs : settings.heldOpenAlarmMs);
}
