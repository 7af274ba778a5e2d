import type { Ask, DoorInput, DoorInputName, DoorMemory, DoorSettings, DoorStep } from '../../src/door/door-memory.ts';
import { type LockLimits, type LockMemory, lockAtRest } from '../../src/door/lock-rules.ts';
import { doorTakes, killDaemon, meet, startDaemon, toDoor } from './world-daemon.ts';
import { killLock, rest, toLock } from './world-lock.ts';
import { pass } from './world-time.ts';

/** On the way to the lock process. `end`: the daemon is gone. */
export type ToLock =
  | { readonly kind: 'ask'; readonly ask: Ask; readonly ms: number }
  | { readonly kind: 'secure'; readonly cause: string }
  | { readonly kind: 'lockdown' | 'lift' | 'end' };
/** On the way to the daemon. `end`: the lock process is gone. */
export type ToDoor = Extract<DoorInput, { kind: 'leased' | 'failed' | 'secured' }> | { readonly kind: 'end' };

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
  /** Which of them the daemon cannot read. */
  readonly unread: readonly DoorInputName[];
  /** What the model saw by itself, to judge the line without asking the rules. */
  readonly seen: Seen;
}

/** All in milliseconds; `null` when it has not happened in this opening. */
export interface Seen {
  readonly releasedAtMs: number | null;
  /** When a lease, and a hold, was last asked for. */
  readonly leasedAtMs: number | null;
  readonly heldAtMs: number | null;
  readonly egressUntilMs: number | null;
  readonly heardAtMs: number;
  /** Whoever was let in has opened the door and closed it again, and nobody was let in since. */
  readonly isSpent: boolean;
  /** The door was opened since anything was asked for. */
  readonly isThrough: boolean;
}

/** What may happen, in any order. */
export type Action =
  | { readonly do: 'command'; readonly kind: 'grant' | 'hold' | 'end-hold' | 'withdraw' | 'lock' | 'lockdown' | 'lift' }
  | { readonly do: 'flip'; readonly input: DoorInputName }
  /** An input is lost, and comes back. */
  | { readonly do: 'lose' | 'regain'; readonly input: DoorInputName }
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
export interface Run {
  world: { -readonly [K in keyof World]: World[K] };
  readonly taken: Taken[];
}

export const nothingSeen: Seen = {
  releasedAtMs: null,
  leasedAtMs: null,
  heldAtMs: null,
  egressUntilMs: null,
  heardAtMs: 0,
  isSpent: false,
  isThrough: false,
};

/** Both processes run and have met; the door is closed and nothing else is felt. */
export function newWorld(
  settings: DoorSettings,
  { inputs, limits }: { inputs: readonly DoorInputName[]; limits: LockLimits },
): World {
  const real = Object.fromEntries(inputs.map((input) => [input, input === 'contact' || input === 'bolt']));
  const world: World = {
    ...{ nowMs: 0, settings, limits, door: null, lock: lockAtRest, line: 'secured', connected: false, toLock: [] },
    ...{ toDoor: [], waiting: [], kept: null, real, unread: [], seen: nothingSeen },
  };
  return act(world, { do: 'start-daemon' }).world;
}

/** Whether an action makes a difference; a wire holds a few messages only, so that there is an end to the states. */
export function mayHappen(world: World, action: Action): boolean {
  const { door, lock, toLock, toDoor, waiting } = world;
  switch (action.do) {
    case 'command':
    case 'torn':
      return door !== null && waiting.length < 3 && toLock.length < 4;
    case 'flip':
      return toLock.length < 4;
    case 'lose':
      return door !== null && world.real[action.input] !== undefined && !world.unread.includes(action.input);
    case 'regain':
      return world.unread.includes(action.input) && toLock.length < 4;
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
      if (!world.unread.includes(action.input)) feel(run, action.input);
      break;
    }
    case 'lose':
      world.unread = [...world.unread, action.input];
      doorTakes(run, { kind: 'blind', input: action.input, code: 'door.fault', reason: 'unplugged' });
      break;
    case 'regain':
      world.unread = world.unread.filter((input) => input !== action.input);
      feel(run, action.input);
      break;
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

/** The daemon reads an input as it is. */
function feel(run: Run, input: DoorInputName): void {
  doorTakes(run, { kind: 'felt', input, active: run.world.real[input] === true, atMs: run.world.nowMs });
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

function command(run: Run, kind: Extract<Action, { do: 'command' }>['kind'], effects?: number): void {
  const { door, waiting } = run.world;
  const used = [...waiting.map(({ ticket }) => ticket), door?.hold?.asked ?? null];
  const ticket = [1, 2, 3, 4, 5].find((free) => !used.includes(free))!;
  const input = kind === 'grant' ? ({ kind, personId: 'p1', extended: false } as const) : { kind };
  doorTakes(run, { ...input, cause: 'command', ticket }, effects);
}
