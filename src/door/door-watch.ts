import { watchDueOf } from './door-memory.ts';
import { renewFire } from './door-senses.ts';
import { clear, raise, type Turn } from './door-turn.ts';

/** What is due by now: the stages of an open door's watch, a jam, a fire's renewal, a grant that nobody used. */
export function passTime(turn: Turn): void {
  const { memory, nowMs, settings } = turn;
  const watchDueMs = watchDueOf(memory, settings);
  if (watchDueMs !== null && watchDueMs <= nowMs) nextStage(turn);
  if (memory.jamDueMs !== null && memory.jamDueMs <= nowMs) {
    memory.jamDueMs = null;
    raise(turn, 'jammed', 'bolt');
  }
  if (memory.renewDueMs !== null && memory.renewDueMs <= nowMs) renewFire(turn, { renews: true });
  if (memory.unusedDueMs !== null && memory.unusedDueMs <= nowMs) {
    memory.unusedDueMs = null;
    for (const { cause, personId } of memory.grants)
      turn.events.push({ kind: 'door.unused', body: { cause, personId } });
    memory.grants = [];
  }
}

function nextStage(turn: Turn): void {
  const { watch } = turn.memory;
  if (watch === null) return;
  if (watch.stage === 'quiet') {
    turn.memory.watch = { ...watch, stage: 'pre-alarm' };
    const openMs = Math.round(turn.nowMs - watch.sinceMs);
    turn.events.push({ kind: 'door.pre-alarm', body: { cause: 'time', openMs } });
  } else {
    turn.memory.watch = { ...watch, stage: 'alarm' };
    raise(turn, 'held-open', 'time');
  }
}

/** After every step: which of an open leaf and a stubborn bolt is watched from now on, or no more. */
export function keepWatch(turn: Turn): void {
  watchLeaf(turn);
  watchBolt(turn);
}

/** In free access and in a fire a door may stand open; one that was forced has its alarm already. */
function watchLeaf({ memory, nowMs, settings }: Turn): void {
  if (!settings.hasContact || memory.felt.contact !== false) return;
  const mayStand = memory.hold?.held === true || memory.felt.fire === true || memory.alarms.forced !== undefined;
  if (mayStand && memory.watch?.stage !== 'alarm') memory.watch = null;
  else if (!mayStand) memory.watch ??= { sinceMs: nowMs, stage: 'quiet' };
}

/** A bolt has to follow the lock both ways while the door is closed: thrown at rest, drawn when released. */
function watchBolt(turn: Turn): void {
  const { memory, nowMs, settings } = turn;
  const { bolt, contact } = memory.felt;
  const isWrong = memory.link && bolt !== null && contact !== false && bolt === (memory.release !== null);
  if (!isWrong) {
    memory.jamDueMs = null;
    clear(turn, 'jammed', 'bolt');
  } else if (memory.alarms.jammed === undefined) memory.jamDueMs ??= nowMs + settings.jammedAfterMs;
}
