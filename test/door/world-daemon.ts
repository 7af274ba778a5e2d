import { step } from '../../src/door/door-machine.ts';
import { type DoorInput, type DoorInputName, type DoorMemory, newDoor } from '../../src/door/door-memory.ts';
import type { Run, ToLock } from './door-world.ts';

export function startDaemon(run: Run): void {
  const { kept, nowMs, real } = run.world;
  // A daemon whose inputs cannot be had does not start.
  run.world.unread = [];
  run.world.door = newDoor(kept);
  meet(run);
  for (const [input, active] of Object.entries(real))
    doorTakes(run, { kind: 'felt', input: input as DoorInputName, active, atMs: nowMs });
}

export function killDaemon({ world }: Run): void {
  world.door = null;
  world.toDoor = [];
  world.waiting = [];
  if (world.connected) world.toLock = [...world.toLock, { kind: 'end' }];
  world.connected = false;
}

/** Both are there, and nothing of an earlier connection is left. */
export function meet(run: Run): void {
  const { connected, door, lock, toDoor, toLock } = run.world;
  if (connected || door === null || lock === null || toDoor.length + toLock.length > 0) return;
  run.world.connected = true;
  doorTakes(run, { kind: 'back' });
}

/** As door-controller.ts does it: one step, and its effects in their order. */
export function doorTakes(run: Run, input: DoorInput, effects = Number.POSITIVE_INFINITY): void {
  const { world } = run;
  const before = world.door;
  if (before === null) return;
  const done = step(before, input, { nowMs: world.nowMs, settings: world.settings });
  world.door = done.memory;
  const isThrough = isThroughAfter(input, before, world.seen) && !done.effects.some(({ kind }) => kind === 'ask');
  world.seen = { ...world.seen, isSpent: isSpentAfter(input, before, world), isThrough };
  run.taken.push({ ...done, before, input });
  for (const effect of done.effects.slice(0, effects)) {
    if (effect.kind === 'keep-lockdown') world.kept = effect.cause;
    else if (effect.kind !== 'refuse' && effect.kind !== 'passed') send(world, effect);
  }
}

function isSpentAfter(input: DoorInput, { felt, hold }: DoorMemory, { seen, settings }: Run['world']): boolean {
  if (input.kind === 'leased') return seen.isSpent && input.ask.renews;
  if (input.kind !== 'felt' || !input.active) return seen.isSpent;
  if (input.input === 'rex') return false;
  const isThrough = input.input === 'contact' && felt.contact === false && hold === null && felt.fire !== true;
  return seen.isSpent || (isThrough && settings.relock === 'when-opened');
}

function isThroughAfter(input: DoorInput, { felt }: DoorMemory, { isThrough }: Run['world']['seen']): boolean {
  return isThrough || (input.kind === 'felt' && input.input === 'contact' && felt.contact === true && !input.active);
}

function send(world: Run['world'], message: ToLock): void {
  if (message.kind === 'ask') world.waiting = [...world.waiting, message.ask];
  if (world.connected) world.toLock = [...world.toLock, message];
}

export function toDoor(run: Run): void {
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
  // The controller sees to it that what failed is at rest; not in a fire.
  if (message.kind === 'failed' && world.door?.felt.fire !== true)
    send(world, { kind: 'secure', cause: 'unlock-failed' });
  doorTakes(run, message);
}
