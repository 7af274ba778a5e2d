import { dueOf } from '../../src/door/door-memory.ts';
import { endOf } from '../../src/door/lock-rules.ts';
import type { Run } from './door-world.ts';
import { doorTakes, meet, toDoor } from './world-daemon.ts';
import { rest, toLock } from './world-lock.ts';

const beatMs = 500;

/** Time passes from deadline to deadline. What is under way arrives; a daemon that hangs reads nothing and says nothing. */
export function pass(run: Run, { ms, hangs }: { ms: number; hangs: boolean }): void {
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
