import { type DoorMemory, stateOf } from '../../src/door/door-memory.ts';
import { act, type Taken, type World } from './door-world.ts';

/** What has to be true after every action; `broken` says how it is not. */
export interface Statement {
  readonly says: string;
  readonly broken: (after: World, taken: readonly Taken[]) => string | null;
}

/** How late a timer may be. */
const marginMs = 50;

/** The statements about a door, as code. Each goes by what the model saw, not by what the rules believe. */
export const statements: readonly Statement[] = [
  {
    says: 'the line is released only while a lease runs that was asked for, and its holder is heard of',
    broken: ({ lock, line, nowMs, seen, limits }) => {
      if (line === 'secured' || lock === null) return null;
      if (lock.opening === null || seen.releasedAtMs === null) return 'released without a lease';
      if (lock.opening.endsAtMs < nowMs - marginMs) return 'the lease is over';
      return nowMs - seen.heardAtMs > limits.silenceMs + marginMs ? 'nobody is heard of' : null;
    },
  },
  {
    says: 'nothing asks for an opening but a grant, free access, a request to exit and a fire',
    broken: (_, taken) => {
      const without = taken.find(
        ({ before, effects, input }) => effects.some(({ kind }) => kind === 'ask') && !mayAsk(input, before),
      );
      return without === undefined ? null : `asked upon ${without.input.kind}`;
    },
  },
  {
    says: 'the line rests within the longest pulse of the last grant or way out, and within the longest hold of free access',
    broken: ({ line, lock, nowMs, seen, limits }) => {
      if (line === 'secured' || lock === null) return null;
      const longest = Math.max(
        seen.leasedAtMs === null ? 0 : seen.leasedAtMs + limits.longestPulseMs,
        seen.heldAtMs === null ? 0 : seen.heldAtMs + limits.longestHoldMs,
        seen.egressUntilMs ?? 0,
      );
      return nowMs > longest + marginMs ? `released ${nowMs - longest} ms too long` : null;
    },
  },
  {
    says: 'lockdown beats grants and free access: the line is released for a way out or not at all',
    broken: ({ line, lock, nowMs, seen }) => {
      if (line === 'secured' || lock === null || !lock.lockdown) return null;
      return seen.egressUntilMs === null || seen.egressUntilMs < nowMs - marginMs ? 'released in lockdown' : null;
    },
  },
  {
    says: 'in lockdown the door asks for nothing but a way out',
    broken: (_, taken) =>
      taken.some(
        ({ memory, effects }) =>
          memory.lockdown !== null && effects.some((e) => e.kind === 'ask' && e.ask.kind !== 'egress'),
      )
        ? 'asked in lockdown'
        : null,
  },
  {
    says: 'lockdown is kept on the disk, and the lock process knows of it as soon as it has heard everything',
    broken: (world) => {
      const { door, kept, lock } = world;
      if (door === null) return null;
      if ((kept !== null) !== (door.lockdown !== null)) return 'the disk says otherwise';
      if (!isQuiet(world) || lock === null) return null;
      return lock.lockdown === (door.lockdown !== null) ? null : 'the lock process thinks otherwise';
    },
  },
  {
    says: 'fire beats everything: while one is felt the line is released, as soon as everything was heard',
    broken: (world) =>
      world.door?.felt.fire === true && isQuiet(world) && world.line === 'secured' ? 'at rest in a fire' : null,
  },
  {
    says: 'in a fire the door asks for rest upon nothing',
    broken: (_, taken) => {
      const asking = taken.find(
        ({ memory, effects }) => memory.felt.fire === true && effects.some(({ kind }) => kind === 'secure'),
      );
      return asking === undefined ? null : `rest upon ${asking.input.kind}`;
    },
  },
  {
    says: 'what is taken back is a grant that nobody used, and nobody’s way out',
    broken: ({ nowMs, seen }, taken) => {
      const back = taken.find(({ input, effects }) => input.kind === 'withdraw' && effects.length > 0);
      if (back === undefined) return null;
      if (back.before.hold !== null || back.before.felt.contact === false) return 'a door that is in use';
      return (seen.egressUntilMs ?? 0) > nowMs ? 'a way out' : null;
    },
  },
  {
    says: 'an input that is lost is told once, and once that it is back',
    broken: ({ door, unread }, taken) => {
      for (const { before, events, input } of taken) {
        if (!('input' in input)) continue;
        const wasBlind = before.blind.includes(input.input);
        const told = events.filter(({ kind }) => kind === 'door.fault' || kind === 'door.recovered').length;
        if (told !== (input.kind === 'felt' ? Number(wasBlind) : Number(!wasBlind)))
          return `${input.input} told ${told} times`;
      }
      return door !== null && [...door.blind].sort().join() !== [...unread].sort().join()
        ? 'it sees what it cannot read'
        : null;
    },
  },
  {
    says: 'an alarm is raised once and cleared once',
    broken: (_, taken) => {
      for (const { before, memory, events } of taken) {
        const standing = new Set<string>(Object.keys(before.alarms));
        for (const event of events) {
          if (event.kind === 'door.alarm-raised') {
            if (standing.has(event.body.alarm)) return `${event.body.alarm} raised twice`;
            standing.add(event.body.alarm);
          }
          if (event.kind === 'door.alarm-cleared' && !standing.delete(event.body.alarm))
            return `${event.body.alarm} cleared twice`;
        }
        if ([...standing].sort().join() !== Object.keys(memory.alarms).sort().join())
          return 'an alarm without its event';
      }
      return null;
    },
  },
  {
    says: 'an alarm stands as long as what it is about',
    broken: ({ door, nowMs, settings }) => {
      if (door === null) return null;
      const { alarms, felt, hold } = door;
      if ((alarms.fire !== undefined) !== (felt.fire === true)) return 'fire';
      if ((alarms.tamper !== undefined) !== (felt.tamper === true)) return 'tamper';
      if (felt.contact === true && (alarms.forced !== undefined || alarms['held-open'] !== undefined)) return 'closed';
      const isWatched =
        felt.contact === false && hold?.held !== true && felt.fire !== true && alarms.forced === undefined;
      if (isWatched && door.watch === null) return 'nobody watches the open door';
      const since = door.watch?.sinceMs ?? nowMs;
      return since > nowMs || settings.heldOpenAlarmMs < settings.heldOpenPreAlarmMs ? 'watched from the future' : null;
    },
  },
  {
    says: 'every opening and every end of one is an event',
    broken: (_, taken) => {
      for (const { before, memory, events } of taken) {
        const has = (kind: string) => events.some((event) => event.kind === kind);
        if (before.release === null && memory.release !== null && !has('door.unlocked')) return 'unlocked unseen';
        if (before.release !== null && memory.release === null && !has('door.locked')) return 'locked unseen';
        if (before.hold?.held !== true && memory.hold?.held === true && !has('door.hold-begun'))
          return 'hold begun unseen';
        if (before.hold?.held === true && memory.hold?.held !== true && !has('door.hold-ended'))
          return 'hold ended unseen';
      }
      return null;
    },
  },
  {
    says: 'a door that has heard everything knows what its lock does',
    broken: (world) => {
      const { door, line, seen } = world;
      if (door === null || !isQuiet(world)) return null;
      if ((door.release !== null) !== (line === 'released')) return `line ${line}, door ${stateOf(door)}`;
      if (door.pending !== 0) return `${door.pending} asks without end`;
      if (door.hold !== null && (!door.hold.held || seen.heldAtMs === null)) return 'free access that the lock has not';
      if (seen.heldAtMs !== null && door.hold === null && door.felt.fire !== true)
        return 'free access that nobody can end';
      return null;
    },
  },
  {
    says: 'a door that locks behind whoever opens it is at rest then, also when it was opened before the lock had answered',
    broken: (world) => {
      const { door, line, seen, settings } = world;
      if (settings.relock !== 'when-opened' || door === null || !isQuiet(world) || !seen.isThrough) return null;
      if (door.hold !== null || door.felt.fire === true || door.felt.contact === null) return null;
      return line === 'released' ? 'released behind somebody who is through' : null;
    },
  },
  {
    says: 'through once is through: who opens a door again that was closed behind somebody needs a right of their own',
    broken: ({ seen }, taken) =>
      seen.isSpent && taken.some(({ events }) => events.some(({ body }) => 'cause' in body && body.cause === 'late'))
        ? 'opened by a right that was used'
        : null,
  },
  {
    says: 'who was let in and did not open the door is forgotten: nobody else goes through in their name',
    broken: ({ door }) =>
      door?.link && door.grants.length > 0 && door.release === null && door.unusedDueMs === null
        ? 'a grant for ever'
        : null,
  },
];

/** From every state the door can be locked again: both processes run, every input is read, no fire, and somebody says so. */
export function lockedAgain(world: World): string | null {
  let now = world;
  const then = (action: Parameters<typeof act>[1]) => {
    now = act(now, action).world;
  };
  if (now.lock === null) then({ do: 'start-lock' });
  then({ do: 'wait', ms: 1 });
  if (now.door === null) then({ do: 'start-daemon' });
  for (const input of now.unread) then({ do: 'regain', input });
  if (now.real.fire) then({ do: 'flip', input: 'fire' });
  then({ do: 'wait', ms: 1 });
  then({ do: 'command', kind: 'lock' });
  then({ do: 'wait', ms: 1 });
  if (now.line === 'released') return 'the line is released';
  const state = now.door === null ? 'fault' : stateOf(now.door);
  const isShut = now.real.contact !== false && now.door?.alarms.jammed === undefined;
  return isShut && state !== 'locked' && state !== 'lockdown' ? `the door is ${state}` : null;
}

function isQuiet({ connected, toDoor, toLock }: World): boolean {
  return connected && toDoor.length + toLock.length === 0;
}

function mayAsk(input: Taken['input'], before: DoorMemory): boolean {
  if (input.kind === 'grant' || input.kind === 'hold') return true;
  if (input.kind === 'felt') return input.active && (input.input === 'rex' || input.input === 'fire');
  return before.felt.fire === true && ['time', 'back', 'secured'].includes(input.kind);
}
