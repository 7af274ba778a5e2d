import { step } from '../../src/door/door-machine.ts';
import {
  type Ask,
  type DoorInput,
  type DoorInputName,
  type DoorMemory,
  type DoorSettings,
  type DoorStep,
  dueOf,
  newDoor,
} from '../../src/door/door-memory.ts';
import {
  endOf,
  extendOpening,
  type LockLimits,
  type LockMemory,
  leftInLockdown,
  lockAtRest,
  refusalOf,
} from '../../src/door/lock-rules.ts';

/** On the way to the lock process. `end`: the daemon is gone. */
type ToLock =
  | { readonly kind: 'ask'; readonly ask: Ask; readonly ms: number }
  | { readonly kind: 'secure'; readonly cause: string }
  | { readonly kind: 'lockdown' | 'lift' | 'end' };
/** On the way to the daemon. `end`: the lock process is gone. */
type ToDoor = Extract<DoorInput, { kind: 'leased' | 'failed' | 'secured' }> | { readonly kind: 'end' };

/**
 * A door with both its processes, the wire between them, the disk and the metal, as data: a stand-in for everything
 * around the two pure parts (door-machine.ts, lock-rules.ts), so that every order of events can be tried.
 */
export interface World {
  readonly nowMs: number;
  readonly settings: DoorSettings;
  readonly limits: LockLimits;
  /** `null` while the process does not run. */
  readonly door: DoorMemory | null;
  readonly lock: LockMemory | null;
  readonly line: 'secured' | 'released';
  readonly connected: boolean;
  readonly toLock: readonly ToLock[];
  readonly toDoor: readonly ToDoor[];
  readonly waiting: readonly Ask[];
  /** Lockdown on the disk. */
  readonly kept: string | null;
  /** What the inputs of the door are really at. */
  readonly real: Readonly<Partial<Record<DoorInputName, boolean>>>;
  /** What the model saw by itself, to judge the line without asking the rules. */
  readonly seen: Seen;
}

/** All in milliseconds; `null` when it has not happened in this opening. */
export interface Seen {
  readonly releasedAtMs: number | null;
  readonly leased: boolean;
  readonly heldAtMs: number | null;
  readonly egressUntilMs: number | null;
  readonly heardAtMs: number;
}

/** What may happen, in any order. */
export type Action =
  | { readonly do: 'command'; readonly kind: 'grant' | 'hold' | 'end-hold' | 'lock' | 'lockdown' | 'lift' }
  | { readonly do: 'flip'; readonly input: DoorInputName }
  /** One message arrives. */
  | { readonly do: 'to-lock' | 'to-door' }
  /** Time passes: with a daemon that turns and beats, or with one that hangs. */
  | { readonly do: 'wait' | 'hang'; readonly ms: number }
  /** SIGKILL. The line stays as it is, and rest follows from limen-rest before more time passes. */
  | { readonly do: 'kill-daemon' | 'start-daemon' | 'kill-lock' | 'start-lock' }
  /** The daemon is killed after so many effects of a command. */
  | { readonly do: 'torn'; readonly kind: 'lockdown' | 'lift'; readonly effects: number };

/** One step that the door took on the way. */
export interface Taken extends DoorStep {
  readonly before: DoorMemory;
  readonly input: DoorInput;
}

/** The world while one action is worked out. */
interface Run {
  world: { -readonly [K in keyof World]: World[K] };
  readonly taken: Taken[];
}

const nothingSeen: Seen = { releasedAtMs: null, leased: false, heldAtMs: null, egressUntilMs: null, heardAtMs: 0 };
const beatMs = 500;

/** Both processes run and have met; the door is closed and nothing else is felt. */
export function newWorld(
  settings: DoorSettings,
  { inputs, limits }: { inputs: readonly DoorInputName[]; limits: LockLimits },
): World {
  const real = Object.fromEntries(inputs.map((input) => [input, input === 'contact' || input === 'bolt']));
  const world: World = {
    ...{ nowMs: 0, settings, limits, door: null, lock: lockAtRest, line: 'secured', connected: false, toLock: [] },
    ...{ toDoor: [], waiting: [], kept: null, real, seen: nothingSeen },
  };
  return act(world, { do: 'start-daemon' }).world;
}

/** Whether an action makes a difference; a wire holds a few messages only, so that there is an end to the states. */
export function mayHappen({ door, lock, toLock, toDoor, waiting }: World, action: Action): boolean {
  switch (action.do) {
    case 'command':
    case 'torn':
      return door !== null && waiting.length < 3 && toLock.length < 4;
    case 'flip':
      return toLock.length < 4;
    case 'to-lock':
      return lock !== null && toLock.length > 0;
    case 'to-door':
      return door !== null && toDoor.length > 0;
    case 'kill-daemon':
      return door !== null;
    case 'start-daemon':
      // Without a lock process, a daemon does not start; nor while the old one is still being served.
      return door === null && lock !== null && !toLock.some(({ kind }) => kind === 'end');
    case 'kill-lock':
      return lock !== null;
    case 'start-lock':
      return lock === null;
    default:
      return true;
  }
}

/** The world after one action, and what the door did. */
export function act(before: World, action: Action): { world: World; taken: readonly Taken[] } {
  const run: Run = { world: { ...before }, taken: [] };
  take(run, action);
  meet(run);
  return run;
}

function take(run: Run, action: Action): void {
  const { world } = run;
  switch (action.do) {
    case 'command':
      command(run, action.kind);
      break;
    case 'torn':
      command(run, action.kind, action.effects);
      killDaemon(run);
      break;
    case 'flip': {
      const active = world.real[action.input] !== true;
      world.real = { ...world.real, [action.input]: active };
      doorTakes(run, { kind: 'felt', input: action.input, active, atMs: world.nowMs });
      break;
    }
    case 'to-lock':
      toLock(run);
      break;
    case 'to-door':
      toDoor(run);
      break;
    case 'wait':
    case 'hang':
      pass(run, { ms: action.ms, hangs: action.do === 'hang' });
      break;
    default:
      processes[action.do](run);
  }
}

const processes = {
  'kill-daemon': killDaemon,
  'start-daemon': startDaemon,
  'kill-lock': killLock,
  'start-lock': (run: Run) => {
    rest(run);
    run.world.lock = { ...lockAtRest, heardAtMs: run.world.nowMs };
  },
};

function startDaemon(run: Run): void {
  const { kept, nowMs, real } = run.world;
  run.world.door = newDoor(kept);
  meet(run);
  for (const [input, active] of Object.entries(real))
    doorTakes(run, { kind: 'felt', input: input as DoorInputName, active, atMs: nowMs });
}

function killLock({ world }: Run): void {
  say(world, { kind: 'end' });
  world.lock = null;
  world.toLock = [];
  world.connected = false;
}

function command(run: Run, kind: Extract<Action, { do: 'command' }>['kind'], effects?: number): void {
  const { door, waiting } = run.world;
  const used = [...waiting.map(({ ticket }) => ticket), door?.hold?.asked ?? null];
  const ticket = [1, 2, 3, 4, 5].find((free) => !used.includes(free))!;
  const input = kind === 'grant' ? ({ kind, personId: 'p1', extended: false } as const) : { kind };
  doorTakes(run, { ...input, cause: 'command', ticket }, effects);
}

function killDaemon({ world }: Run): void {
  world.door = null;
  world.toDoor = [];
  world.waiting = [];
  if (world.connected) world.toLock = [...world.toLock, { kind: 'end' }];
  world.connected = false;
}

/** Both are there, and nothing of an earlier connection is left. */
function meet(run: Run): void {
  const { connected, door, lock, toDoor, toLock } = run.world;
  if (connected || door === null || lock === null || toDoor.length + toLock.length > 0) return;
  run.world.connected = true;
  doorTakes(run, { kind: 'back' });
}

/** As door-controller.ts does it: one step, and its effects in their order. */
function doorTakes(run: Run, input: DoorInput, effects = Number.POSITIVE_INFINITY): void {
  const { world } = run;
  const before = world.door;
  if (before === null) return;
  const done = step(before, input, { nowMs: world.nowMs, settings: world.settings });
  world.door = done.memory;
  run.taken.push({ ...done, before, input });
  for (const effect of done.effects.slice(0, effects)) {
    if (effect.kind === 'keep-lockdown') world.kept = effect.cause;
    else if (effect.kind !== 'refuse' && effect.kind !== 'passed') send(world, effect);
  }
}

function send(world: Run['world'], message: ToLock): void {
  if (message.kind === 'ask') world.waiting = [...world.waiting, message.ask];
  if (world.connected) world.toLock = [...world.toLock, message];
}

function toDoor(run: Run): void {
  const { world } = run;
  const [message, ...later] = world.toDoor;
  if (message === undefined) return;
  world.toDoor = later;
  if (message.kind === 'end') {
    const lost = world.waiting;
    world.waiting = [];
    doorTakes(run, { kind: 'lost', code: 'door.lock-process-failed', reason: 'killed' });
    for (const ask of lost) doorTakes(run, { kind: 'failed', ask, code: 'door.lock-process-failed', reason: 'killed' });
    return;
  }
  if (message.kind !== 'secured') world.waiting = world.waiting.filter((ask) => ask !== message.ask);
  // The controller sees to it that what failed is at rest.
  if (message.kind === 'failed') send(world, { kind: 'secure', cause: 'unlock-failed' });
  doorTakes(run, message);
}

/** As lock-process.ts and lock-keeper.ts do it. */
function toLock(run: Run): void {
  const { world } = run;
  const { lock, nowMs } = world;
  const [message, ...later] = world.toLock;
  if (message === undefined || lock === null) return;
  world.toLock = later;
  if (message.kind === 'end') {
    rest(run, 'disconnected');
    return;
  }
  world.seen = { ...world.seen, heardAtMs: nowMs };
  world.lock = { ...lock, heardAtMs: nowMs };
  if (message.kind === 'ask') lockAsked(run, message);
  if (message.kind === 'secure') rest(run, message.cause);
  if (message.kind === 'lift') world.lock = { ...world.lock, lockdown: false };
  if (message.kind === 'lockdown') lockLocksDown(run);
}

function lockLocksDown(run: Run): void {
  const { lock, nowMs, seen } = run.world;
  if (lock === null) return;
  const opening = leftInLockdown(lock.opening, nowMs);
  run.world.lock = { ...lock, lockdown: true };
  if (opening === null) {
    rest(run, 'lockdown');
    return;
  }
  run.world.lock = { ...lock, lockdown: true, opening };
  run.world.seen = { ...seen, leased: false, heldAtMs: null };
}

function lockAsked({ world }: Run, { ask, ms }: Extract<ToLock, { kind: 'ask' }>): void {
  const { limits, lock, nowMs, seen } = world;
  if (lock === null) return;
  const code = refusalOf(lock, { kind: ask.kind, ms }, limits);
  if (code !== null) {
    say(world, { kind: 'failed', ask, code, reason: 'refused' });
    return;
  }
  const opening = extendOpening(lock.opening, { kind: ask.kind, ms }, { nowMs, limits });
  world.lock = { ...lock, opening, heardAtMs: nowMs };
  world.line = 'released';
  say(world, { kind: 'leased', ask, leaseMs: opening.endsAtMs - nowMs });
  const { egressUntilMs, heldAtMs } = seen;
  world.seen = {
    releasedAtMs: seen.releasedAtMs ?? nowMs,
    leased: seen.leased || ask.kind === 'lease',
    heldAtMs: ask.kind === 'hold' ? (heldAtMs ?? nowMs) : heldAtMs,
    egressUntilMs: ask.kind === 'egress' ? Math.max(egressUntilMs ?? 0, nowMs + ms) : egressUntilMs,
    heardAtMs: nowMs,
  };
}

/** The line goes to rest; told when an opening ended. */
function rest({ world }: Run, cause = 'started'): void {
  const { lock, nowMs } = world;
  const opening = lock?.opening ?? null;
  world.line = 'secured';
  world.seen = { ...nothingSeen, heardAtMs: world.seen.heardAtMs };
  if (lock !== null) world.lock = { ...lock, opening: null };
  if (opening !== null) say(world, { kind: 'secured', cause, openMs: nowMs - opening.releasedAtMs });
}

function say(world: Run['world'], message: ToDoor): void {
  if (world.connected) world.toDoor = [...world.toDoor, message];
}

/** Time passes from deadline to deadline. What is under way arrives; a daemon that hangs reads nothing and says nothing. */
function pass(run: Run, { ms, hangs }: { ms: number; hangs: boolean }): void {
  const { world } = run;
  const untilMs = world.nowMs + ms;
  // limen-rest, or the lock process that follows.
  if (world.lock === null) rest(run);
  deliver(run, hangs);
  while (world.nowMs < untilMs) {
    const dueMs = world.door === null || hangs ? null : dueOf(world.door, world.settings);
    const endMs = world.lock === null ? null : (endOf(world.lock, world.limits)?.atMs ?? null);
    const next = Math.min(untilMs, world.nowMs + beatMs, dueMs ?? untilMs, endMs ?? untilMs);
    world.nowMs = Math.max(world.nowMs, next);
    if (world.lock !== null && world.connected && !hangs) {
      world.lock = { ...world.lock, heardAtMs: world.nowMs };
      world.seen = { ...world.seen, heardAtMs: world.nowMs };
    }
    const end = world.lock === null ? null : endOf(world.lock, world.limits);
    if (end !== null && end.atMs <= world.nowMs) rest(run, end.cause);
    if (dueMs !== null && dueMs <= world.nowMs) doorTakes(run, { kind: 'time' });
    deliver(run, hangs);
  }
}

/** Until nothing is under way. */
function deliver(run: Run, hangs = false): void {
  meet(run);
  while ((run.world.lock !== null && run.world.toLock.length > 0) || (!hangs && run.world.toDoor.length > 0)) {
    toLock(run);
    if (!hangs) toDoor(run);
    meet(run);
  }
}
