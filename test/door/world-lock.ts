import { extendOpening, leftInLockdown, refusalOf } from '../../src/door/lock-rules.ts';
import { nothingSeen, type Run, type ToDoor, type ToLock } from './door-world.ts';

/** As lock-process.ts and lock-keeper.ts do it. */
export function toLock(run: Run): void {
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
  run.world.seen = { ...seen, leasedAtMs: null, heldAtMs: null };
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
    leasedAtMs: ask.kind === 'lease' ? nowMs : seen.leasedAtMs,
    heldAtMs: ask.kind === 'hold' ? nowMs : heldAtMs,
    egressUntilMs: ask.kind === 'egress' ? Math.max(egressUntilMs ?? 0, nowMs + ms) : egressUntilMs,
    heardAtMs: nowMs,
    isSpent: seen.isSpent,
    isThrough: seen.isThrough,
  };
}

/** The line goes to rest; told when an opening ended. */
export function rest({ world }: Run, cause = 'started'): void {
  const { lock, nowMs } = world;
  const opening = lock?.opening ?? null;
  world.line = 'secured';
  const { heardAtMs, isSpent, isThrough } = world.seen;
  world.seen = { ...nothingSeen, heardAtMs, isSpent, isThrough };
  if (lock !== null) world.lock = { ...lock, opening: null };
  if (opening !== null) say(world, { kind: 'secured', cause, openMs: nowMs - opening.releasedAtMs });
}

function say(world: Run['world'], message: ToDoor): void {
  if (world.connected) world.toDoor = [...world.toDoor, message];
}

export function killLock({ world }: Run): void {
  say(world, { kind: 'end' });
  world.lock = null;
  world.toLock = [];
  world.connected = false;
}
