import { type Ask, type DoorInput, type DoorMemory, type DoorSettings, type DoorStep, stateOf } from './door-memory.ts';
import { feel, lockBehind, renewFire } from './door-senses.ts';
import { ask, dropHold, endRelease, liftLockdown, lockDown, refuse, secure, type Turn, withdraw } from './door-turn.ts';
import { keepWatch, passTime } from './door-watch.ts';

/**
 * One step of a door: a pure function, so that every sequence of steps can be tried (test/door/safety.ts says what must
 * hold in all of them). It never opens anything: it asks the lock process, which has rules of its own (lock-rules.ts).
 * Effects are to be carried out in order, and events reported; every change of state comes with an event.
 */
export function step(
  before: DoorMemory,
  input: DoorInput,
  { nowMs, settings }: { nowMs: number; settings: DoorSettings },
): DoorStep {
  const turn: Turn = { memory: { ...before }, effects: [], events: [], nowMs, settings, cause: causeOf(input) };
  take(turn, input);
  keepWatch(turn);
  if (stateOf(turn.memory) !== stateOf(before)) turn.memory.cause = turn.cause;
  return { memory: turn.memory, effects: turn.effects, events: turn.events };
}

function causeOf(input: DoorInput): string {
  if ('input' in input) return input.input;
  if ('cause' in input) return input.cause;
  return 'ask' in input ? input.ask.cause : input.kind;
}

type Of<K extends DoorInput['kind']> = Extract<DoorInput, { kind: K }>;

const takes: { readonly [K in DoorInput['kind']]: (turn: Turn, input: Of<K>) => void } = {
  grant,
  hold,
  'end-hold': (turn, { cause }) => endHold(turn, cause),
  withdraw: (turn, { cause }) => withdraw(turn, cause),
  lock: (turn, { cause }) => {
    dropHold(turn, cause);
    secure(turn, cause);
  },
  lockdown: (turn, { cause }) => lockDown(turn, cause),
  lift: (turn, { cause }) => {
    // Who turned the key has to turn it back.
    if (turn.memory.felt.lockdownKey !== true) liftLockdown(turn, cause);
  },
  leased: (turn, input) => leased(turn, input.ask, input.leaseMs),
  failed,
  secured,
  felt: feel,
  blind,
  lost,
  back,
  time: passTime,
};

function take<K extends DoorInput['kind']>(turn: Turn, input: Of<K> & { kind: K }): void {
  takes[input.kind](turn, input);
}

/** Whether an ask may go to the lock process at all; if not, its caller is told why. */
function mayAsk(turn: Turn, { cause, ticket }: { cause: string; ticket: number }, personId: string | null): boolean {
  if (!turn.memory.link) {
    refuse(turn, ticket, 'door.lock-process-failed');
    return false;
  }
  if (turn.memory.lockdown === null) return true;
  refuse(turn, ticket, 'door.lockdown');
  turn.events.push({ kind: 'door.refused', body: { cause, personId, reason: 'lockdown' } });
  return false;
}

function grant(turn: Turn, input: Of<'grant'>): void {
  const { cause, personId, ticket } = input;
  if (!mayAsk(turn, input, personId)) return;
  const { extendedPulseMs, pulseMs } = turn.settings;
  const wanted: Ask = { kind: 'lease', cause, personId, ticket, renews: false };
  ask(turn, wanted, input.extended ? extendedPulseMs : pulseMs);
}

function hold(turn: Turn, input: Of<'hold'>): void {
  const { cause, ticket } = input;
  const { longestHoldMs } = turn.settings;
  if (!mayAsk(turn, input, null)) return;
  if (longestHoldMs === 0) {
    refuse(turn, ticket, 'door.hold-refused');
    return;
  }
  const { hold: before } = turn.memory;
  turn.memory.hold = { cause: before?.cause ?? cause, held: before?.held ?? false, asked: ticket };
  ask(turn, { kind: 'hold', cause, personId: null, ticket, renews: turn.memory.hold.held }, longestHoldMs);
}

function endHold(turn: Turn, cause: string): void {
  if (turn.memory.hold === null) return;
  dropHold(turn, cause);
  secure(turn, cause);
}

function leased(turn: Turn, done: Ask, leaseMs: number): void {
  const { memory, nowMs } = turn;
  const { cause, personId } = done;
  // What was to be renewed may have ended before the lock process heard of it: then this is an opening of its own.
  // Otherwise, what renews an opening is not what it is for.
  const { sinceMs = nowMs, wayOutUntilMs = nowMs } = memory.release ?? {};
  if (memory.release === null || !done.renews) {
    memory.release = { sinceMs, cause, personId, wayOutUntilMs, isUsed: false };
    turn.events.push({ kind: 'door.unlocked', body: { cause, personId, pulseMs: leaseMs } });
  }
  if (done.kind === 'egress') memory.release = { ...memory.release, wayOutUntilMs: nowMs + leaseMs };
  const wasAhead = answered(memory);
  if (done.kind === 'lease') letThrough(turn, { cause, personId, wasAhead });
  if (wasAhead) lockBehind(turn);
  // An answer to what was ended since, or was asked anew since, begins nothing.
  if (done.kind === 'hold' && memory.hold?.asked === done.ticket) {
    if (!memory.hold.held) turn.events.push({ kind: 'door.hold-begun', body: { cause: memory.hold.cause } });
    memory.hold = { ...memory.hold, held: true, asked: null };
  }
}

/** An ask is answered. Whether the door was opened while it was on its way; answers come in the order of the asks. */
function answered(memory: Turn['memory']): boolean {
  memory.pending = Math.max(0, memory.pending - 1);
  if (memory.openedAhead === 0) return false;
  memory.openedAhead -= 1;
  return true;
}

/** Through at once where nobody sees the door move, where it stands open, or was opened already; else when it opens. */
function letThrough(
  { memory, effects, settings }: Turn,
  { cause, personId, wasAhead }: { cause: string; personId: string | null; wasAhead: boolean },
): void {
  if (!settings.hasContact || memory.felt.contact !== true || wasAhead) {
    effects.push({ kind: 'passed', personId, cause });
    return;
  }
  const others = memory.grants.filter((other) => other.personId !== personId || other.cause !== cause);
  memory.grants = [...others, { cause, personId }];
  memory.unusedDueMs = null;
}

function failed(turn: Turn, { ask: { kind, ticket }, code, reason }: Of<'failed'>): void {
  const { memory } = turn;
  // What a lost lock process leaves unanswered was counted when it was lost.
  answered(memory);
  if (kind === 'hold' && memory.hold?.asked === ticket)
    memory.hold = memory.hold.held ? { ...memory.hold, asked: null } : null;
  // What somebody waits for is theirs to report.
  if (ticket === null && memory.link) turn.events.push({ kind: 'door.fault', body: { code, reason } });
}

function secured(turn: Turn, { cause, openMs }: Of<'secured'>): void {
  endRelease(turn, cause, openMs);
  const { hold } = turn.memory;
  if (hold?.held) dropHold(turn, cause);
  // What was asked for since is still to come.
  if (hold !== null && hold.asked !== null) turn.memory.hold = { ...hold, held: false };
  // A fire goes on, whatever brought the line to rest; a lock that cannot follow is asked again when the renewal is due.
  if (turn.memory.felt.fire === true && cause !== 'fault') renewFire(turn, { renews: true });
}

/** An input cannot be read. Of the door nobody knows then; what was an alarm stays one. Told once, however often it is tried. */
function blind(turn: Turn, { input, code, reason }: Of<'blind'>): void {
  const { memory } = turn;
  if (memory.blind.includes(input)) return;
  memory.blind = [...memory.blind, input];
  turn.events.push({ kind: 'door.fault', body: { code, reason } });
  if (input !== 'contact' && input !== 'bolt') return;
  memory.felt = { ...memory.felt, [input]: null };
  if (input === 'contact') sightless(turn);
}

/** Nobody sees the door move any more: whoever was let in and has not opened it counts as through, as at every such door. */
function sightless({ memory, effects }: Turn): void {
  memory.watch = null;
  for (const { personId, cause } of memory.grants) effects.push({ kind: 'passed', personId, cause });
  memory.grants = [];
  memory.unusedDueMs = null;
}

function lost(turn: Turn, { code, reason }: Of<'lost'>): void {
  const { memory } = turn;
  memory.pending = 0;
  memory.openedAhead = 0;
  dropHold(turn, 'lock-process-lost');
  // A fault that lasts is reported once, not once per attempt: the journal is for events.
  if (memory.link || code !== memory.lastFault) turn.events.push({ kind: 'door.fault', body: { code, reason } });
  memory.link = false;
  memory.lastFault = code;
}

/** A lock process remembers nothing of lockdown: it is told before anything else. */
function back(turn: Turn): void {
  const { memory, nowMs } = turn;
  turn.effects.push({ kind: memory.lockdown === null ? 'lift' : 'lockdown' });
  memory.link = true;
  if (memory.lastFault !== '') turn.events.push({ kind: 'door.recovered', body: { cause: 'lock-process-back' } });
  memory.lastFault = '';
  // A lock process that ended mid-pulse could not say when the line went to rest. It is at rest now.
  if (memory.release !== null) endRelease(turn, 'lock-process-restarted', Math.round(nowMs - memory.release.sinceMs));
  if (memory.felt.fire === true) renewFire(turn, { renews: false });
}
