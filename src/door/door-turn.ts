import type { DoorAlarm } from '../domain/door-state.ts';
import type { ErrorCode } from '../domain/errors.ts';
import type { Occurrence } from '../domain/event.ts';
import type { Ask, DoorEffect, DoorMemory, DoorSettings } from './door-memory.ts';

/** One step while it is worked out: what the parts of the machine share. The memory is a copy; its parts are replaced. */
export interface Turn {
  readonly memory: { -readonly [K in keyof DoorMemory]: DoorMemory[K] };
  readonly effects: DoorEffect[];
  readonly events: Occurrence[];
  readonly nowMs: number;
  readonly settings: DoorSettings;
  readonly cause: string;
}

/** A hand that was on the handle when the line went to rest opens the door a moment later. */
const slowHandMs = 1000;

/** Ask the lock process for an opening; what renews one is no event. */
export function ask(turn: Turn, wanted: Ask, ms: number): void {
  turn.memory.pending += 1;
  turn.effects.push({ kind: 'ask', ask: wanted, ms });
  const { cause, personId, renews } = wanted;
  if (!renews) turn.events.push({ kind: 'door.requested', body: { cause, personId } });
}

/** Somebody must get out: that is asked for in lockdown too. */
export function askForEgress(turn: Turn, cause: string, { ms, renews }: { ms: number; renews: boolean }): void {
  if (turn.memory.link) ask(turn, { kind: 'egress', cause, personId: null, ticket: null, renews }, ms);
}

/** No, to whoever holds this ticket. */
export function refuse(turn: Turn, ticket: number, code: ErrorCode): void {
  turn.effects.push({ kind: 'refuse', ticket, code });
}

/** Rest level now, unless there is a fire: nobody is locked in. */
export function secure(turn: Turn, cause: string): void {
  if (turn.memory.felt.fire !== true) turn.effects.push({ kind: 'secure', cause });
}

/** The line is at rest, or its process is gone: what was open is over. */
export function endRelease(turn: Turn, cause: string, openMs: number): void {
  const { memory, nowMs } = turn;
  const { release } = memory;
  if (release === null) return;
  memory.release = null;
  if (!release.isUsed) memory.byRightUntilMs = Math.max(memory.byRightUntilMs ?? 0, nowMs + slowHandMs);
  if (memory.grants.length > 0) memory.unusedDueMs = nowMs + slowHandMs;
  turn.events.push({ kind: 'door.locked', body: { cause, openMs } });
}

/** What was granted and not used: not free access, nobody's way out, and nobody has opened the door. */
export function withdraw(turn: Turn, cause: string): void {
  const { release, felt, hold, pending } = turn.memory;
  // What is asked for and not answered yet may be a way out.
  if (release === null || hold !== null || felt.contact === false || pending > 0) return;
  if (release.wayOutUntilMs <= turn.nowMs) secure(turn, cause);
}

/** Free access is over. */
export function dropHold(turn: Turn, cause: string): void {
  const { hold } = turn.memory;
  turn.memory.hold = null;
  if (hold?.held) turn.events.push({ kind: 'door.hold-ended', body: { cause } });
}

/** Raised once, whoever raises it how often. */
export function raise(turn: Turn, alarm: DoorAlarm, cause: string): void {
  const { memory, nowMs } = turn;
  if (memory.alarms[alarm] !== undefined) return;
  memory.alarms = { ...memory.alarms, [alarm]: nowMs };
  turn.events.push({ kind: 'door.alarm-raised', body: { alarm, cause } });
}

/** Cleared once; does nothing when it does not stand. */
export function clear(turn: Turn, alarm: DoorAlarm, cause: string): void {
  const { [alarm]: sinceMs, ...others } = turn.memory.alarms;
  if (sinceMs === undefined) return;
  turn.memory.alarms = others;
  turn.events.push({ kind: 'door.alarm-cleared', body: { alarm, cause, afterMs: Math.round(turn.nowMs - sinceMs) } });
}

/** Open for nobody but those on their way out, from now on and through every restart. */
export function lockDown(turn: Turn, cause: string): void {
  // A lock process that is away is told when it is back.
  if (turn.memory.link) turn.effects.push({ kind: 'lockdown' });
  if (turn.memory.lockdown !== null) return;
  turn.memory.lockdown = cause;
  turn.effects.push({ kind: 'keep-lockdown', cause });
  turn.events.push({ kind: 'door.locked-down', body: { cause } });
  dropHold(turn, 'lockdown');
}

/** The end of lockdown. Kept first: a crash in between leaves the lock process stricter, never laxer. */
export function liftLockdown(turn: Turn, cause: string): void {
  if (turn.memory.lockdown === null) return;
  turn.memory.lockdown = null;
  turn.effects.push({ kind: 'keep-lockdown', cause: null });
  if (turn.memory.link) turn.effects.push({ kind: 'lift' });
  turn.events.push({ kind: 'door.lifted', body: { cause } });
}
