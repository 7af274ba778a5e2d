import type { DoorInput, DoorInputName } from './door-memory.ts';
import { askForEgress, clear, liftLockdown, lockDown, raise, secure, type Turn } from './door-turn.ts';

type Felt = Extract<DoorInput, { kind: 'felt' }>;

/** What an input means when it changes; a reading that changes nothing means nothing but that it can be read. */
export function feel(turn: Turn, { input, active, atMs }: Felt): void {
  const { memory } = turn;
  const before = memory.felt[input];
  if (memory.blind.includes(input)) {
    memory.blind = memory.blind.filter((other) => other !== input);
    turn.events.push({ kind: 'door.recovered', body: { cause: `${input}-back` } });
  }
  if (before === active) return;
  memory.felt = { ...memory.felt, [input]: active };
  (active ? ons : offs)[input](turn, atMs, before);
}

type Meaning = (turn: Turn, atMs: number, before: boolean | null) => void;
const nothing = () => {};

const ons: Readonly<Record<DoorInputName, Meaning>> = {
  contact: closed,
  bolt: nothing,
  rex: requestToExit,
  tamper: (turn) => raise(turn, 'tamper', 'tamper'),
  fire,
  lockdownKey: (turn) => lockDown(turn, 'key'),
};

const offs: Readonly<Record<DoorInputName, Meaning>> = {
  contact: opened,
  bolt: nothing,
  rex: nothing,
  tamper: (turn) => clear(turn, 'tamper', 'tamper'),
  fire: fireOver,
  lockdownKey: (turn, _, before) => {
    // A key that is found unturned at the start has not been turned back: lockdown stays as it was kept.
    if (before !== null) liftLockdown(turn, 'key');
  },
};

function opened(turn: Turn, atMs: number, before: boolean | null): void {
  const { memory } = turn;
  memory.openSinceMs = atMs;
  const right = rightOf(turn, atMs, before);
  if (right === null) {
    turn.events.push({ kind: 'door.opened', body: { cause: 'forced', personId: null } });
    raise(turn, 'forced', 'contact');
    return;
  }
  turn.events.push({ kind: 'door.opened', body: right });
  for (const { personId, cause } of memory.grants) turn.effects.push({ kind: 'passed', personId, cause });
  memory.grants = [];
  memory.unusedDueMs = null;
  if (memory.release !== null) lockBehind(turn);
  else if (before !== null) memory.openedAhead = memory.pending;
}

/** Somebody is through, or is passing: rest, as the door is set to, unless it stands in free access. */
export function lockBehind(turn: Turn): void {
  const { memory, settings } = turn;
  const isClosed = memory.felt.contact === true;
  if (isClosed) useUp(turn);
  if (memory.release === null || memory.hold !== null) return;
  if (settings.relock === 'when-opened') secure(turn, 'opened');
  if (settings.relock === 'when-closed' && isClosed) secure(turn, 'closed');
}

/** By what right a door opens; `null` when by none. */
function rightOf(
  { memory }: Turn,
  atMs: number,
  before: boolean | null,
): { cause: string; personId: string | null } | null {
  // Nobody saw it open: limen has just started, or could not read the contact.
  if (before === null) return { cause: 'found-open', personId: null };
  if (memory.release !== null) return { cause: memory.release.cause, personId: memory.release.personId };
  if (memory.felt.fire === true) return { cause: 'fire', personId: null };
  if (memory.pending > 0) return { cause: 'unlocking', personId: null };
  const isInTime = memory.byRightUntilMs !== null && atMs <= memory.byRightUntilMs;
  return isInTime ? { cause: 'late', personId: null } : null;
}

function closed(turn: Turn, atMs: number, before: boolean | null): void {
  const { memory, settings } = turn;
  // Through once is through: whoever opens it again needs a right of their own.
  memory.byRightUntilMs = null;
  useUp(turn);
  memory.watch = null;
  // A door that is found closed, at the start or by a contact that can be read again, was seen closing by nobody.
  const openMs = Math.round(atMs - memory.openSinceMs);
  if (before !== null) turn.events.push({ kind: 'door.closed', body: { cause: 'contact', openMs } });
  clear(turn, 'forced', 'closed');
  clear(turn, 'held-open', 'closed');
  if (before === null) return;
  if (settings.relock === 'when-closed' && memory.release !== null && memory.hold === null) secure(turn, 'closed');
}

/**
 * A door that relocks when it is opened may be closed again before the lock process has said that the line rests: what
 * ends then was used. One that relocks when it is closed may rebound from a lock that only now goes to rest.
 */
function useUp({ memory, settings }: Turn): void {
  if (memory.release === null || settings.relock !== 'when-opened') return;
  if (memory.hold === null && memory.felt.fire !== true) memory.release = { ...memory.release, isUsed: true };
}

function requestToExit(turn: Turn, atMs: number): void {
  const { memory, settings } = turn;
  memory.byRightUntilMs = Math.max(memory.byRightUntilMs ?? 0, atMs + settings.pulseMs);
  // Where the handle opens by itself there is nothing to ask for, and the record still has to say it.
  if (settings.rexUnlocks) askForEgress(turn, 'rex', { ms: settings.pulseMs, renews: false });
  else turn.events.push({ kind: 'door.exit-requested', body: { cause: 'rex' } });
}

function fire(turn: Turn): void {
  raise(turn, 'fire', 'fire');
  renewFire(turn, { renews: false });
}

/** The way out is asked for now, and then again before it ends. */
export function renewFire(turn: Turn, { renews }: { renews: boolean }): void {
  const { memory, nowMs, settings } = turn;
  // Early enough that one renewal may go astray.
  memory.renewDueMs = nowMs + Math.floor(settings.longestPulseMs / 3);
  askForEgress(turn, 'fire', { ms: settings.longestPulseMs, renews });
}

function fireOver(turn: Turn, _: number, before: boolean | null): void {
  if (before === null) return;
  clear(turn, 'fire', 'fire');
  turn.memory.renewDueMs = null;
  if (turn.memory.hold === null) secure(turn, 'fire-over');
}
