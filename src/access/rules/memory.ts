import type { EventBodies, LimenEvent } from '../../domain/event.ts';

export type Side = 'in' | 'out';

/** Failures of one person, card or terminal, since the last success. */
export interface Failures {
  /** Those that had not leaked away by then; a part of one as well. */
  readonly count: number;
  /** When the last one was, milliseconds since 1970. */
  readonly atMs: number;
  /** How long the wait after it is; 0 when there is none yet. */
  readonly waitMs: number;
}

type Table<T> = Readonly<Record<string, T>>;

/**
 * What the rules have to know of what has happened. It is what the journal says and nothing else: a row that is read
 * twice, or again after a restart, changes nothing.
 */
export interface Memory {
  /** The last row of this terminal's journal that is in here. */
  readonly lastSeq: number;
  /** Of each other terminal whose passages were heard, the last row. */
  readonly heard: Table<number>;
  /** `area person` -> where that person is, and since when. */
  readonly sides: Table<{ readonly side: Side; readonly atMs: number }>;
  /** Person, or `*` for everybody -> when an order forgot where they are, milliseconds since 1970. */
  readonly forgotten: Table<number>;
  readonly failures: Table<Failures>;
  /** Free access rule -> the occurrence for which the first person has come. */
  readonly begun: Table<string>;
  /** Free access rule -> the occurrence that somebody ended by an order to lock. */
  readonly ended: Table<string>;
  /** The newest rules of the hub that were ever in force here; 0 before the first. */
  readonly rulesVersion: number;
}

export const emptyMemory: Memory = {
  lastSeq: 0,
  heard: {},
  sides: {},
  forgotten: {},
  failures: {},
  begun: {},
  ended: {},
  rulesVersion: 0,
};

/** The key of a person's side within an area. */
export function sideKey(area: string, personId: string): string {
  return `${area} ${personId}`;
}

/** Why a door is no longer held open, where somebody said so: an order of the hub, and one at the terminal's own console. */
const orders = ['command', 'console'];

/** Failures this old no longer count. */
const forgottenAfterMs = 86_400_000;

/**
 * Until then one failure leaks away, so that a card nobody knows, once a day, never adds up. Of a terminal no faster than
 * the longest wait usually lets somebody guess anyway; of a person no more than a day without any forgets.
 */
const leaksAfterMs = { terminal: 3_600_000, other: 6 * 3_600_000 };

/** How many failures of a key there are with one more. @param atMs milliseconds since 1970 */
export function failuresWith(key: string, before: Failures | undefined, atMs: number): number {
  if (before === undefined || atMs - before.atMs > forgottenAfterMs) return 1;
  // A clock that was set back forgets nothing.
  const sinceMs = Math.max(0, atMs - before.atMs);
  const leaked = sinceMs / (key.startsWith('terminal:') ? leaksAfterMs.terminal : leaksAfterMs.other);
  return Math.max(0, before.count - leaked) + 1;
}

/** The kinds of row that change a {@link Memory}, besides that somebody passed. */
export const rememberedKinds = [
  'access.factor-refused',
  'access.factor-proven',
  'access.reset',
  'access.free-access-begun',
  'door.hold-ended',
  'access.rules-updated',
] as const satisfies readonly LimenEvent['kind'][];

/** Take in one row of this terminal's journal. Rows that are in here already change nothing. */
export function remember(memory: Memory, event: LimenEvent): Memory {
  if (event.seq <= memory.lastSeq) return memory;
  return { ...takeIn(memory, event), lastSeq: event.seq };
}

function takeIn(memory: Memory, { kind, body, at, terminal }: LimenEvent): Memory {
  const atMs = Date.parse(at);
  switch (kind) {
    case 'access.passed':
      return passed(memory, body as EventBodies['access.passed'], atMs);
    case 'access.factor-refused':
      return failed(memory, body as EventBodies['access.factor-refused'], atMs);
    case 'access.factor-proven':
      return proven(memory, (body as EventBodies['access.factor-proven']).keys, `terminal:${terminal}`);
    case 'access.reset':
      return reset(memory, body as EventBodies['access.reset'], atMs);
    case 'access.free-access-begun': {
      const { name, occurrence } = body as EventBodies['access.free-access-begun'];
      return { ...memory, begun: { ...memory.begun, [name]: occurrence } };
    }
    case 'door.hold-ended': {
      const isOrdered = orders.includes((body as EventBodies['door.hold-ended']).cause);
      return isOrdered ? { ...memory, ended: { ...memory.ended, ...memory.begun } } : memory;
    }
    case 'access.rules-updated':
      return { ...memory, rulesVersion: (body as EventBodies['access.rules-updated']).version };
    // No rules of it have come yet, and perhaps it has none.
    case 'keys.hub-replaced':
      return { ...memory, rulesVersion: 0 };
    default:
      return memory;
  }
}

/** Somebody went through a door, here or, as it was heard, at another terminal: each of its rows counts once. */
function passed(memory: Memory, { personId, sides, heardFrom }: EventBodies['access.passed'], nowMs: number): Memory {
  if (heardFrom !== undefined && heardFrom.seq <= (memory.heard[heardFrom.terminal] ?? 0)) return memory;
  const atMs = heardFrom?.at === undefined ? nowMs : Math.min(nowMs, Date.parse(heardFrom.at));
  // What a clock has said that was ahead, and is right by now, is no reason to believe nobody any more.
  const isOverdue = (knownMs = Number.NEGATIVE_INFINITY) => atMs < knownMs && knownMs <= nowMs;
  const wasForgotten = isOverdue(memory.forgotten['*']) || isOverdue(memory.forgotten[personId]);
  const now = Object.entries(wasForgotten ? {} : sides)
    .map(([area, side]) => [sideKey(area, personId), { side, atMs }] as const)
    .filter(([key]) => !isOverdue(memory.sides[key]?.atMs));
  return {
    ...memory,
    ...(heardFrom && { heard: { ...memory.heard, [heardFrom.terminal]: heardFrom.seq } }),
    sides: { ...memory.sides, ...Object.fromEntries(now) },
  };
}

function failed(memory: Memory, { waits }: EventBodies['access.factor-refused'], atMs: number): Memory {
  const failures = Object.entries(waits).map(([key, waitMs]) => {
    const count = failuresWith(key, memory.failures[key], atMs);
    return [key, { count, atMs, waitMs }] as const;
  });
  return { ...memory, failures: { ...memory.failures, ...Object.fromEntries(failures) } };
}

/** Their own failures are over. The terminal's are not, but its wait is: nothing is looked at during one. */
function proven(memory: Memory, keys: readonly string[], terminalKey: string): Memory {
  const failures = without(memory.failures, keys);
  const here = failures[terminalKey];
  return {
    ...memory,
    failures: here === undefined ? failures : { ...failures, [terminalKey]: { ...here, waitMs: 0 } },
  };
}

function reset(memory: Memory, { what, personId }: EventBodies['access.reset'], atMs: number): Memory {
  if (what === 'lock-out') {
    const keys = Object.keys(memory.failures).filter((key) => personId === null || key === `person:${personId}`);
    return { ...memory, failures: without(memory.failures, keys) };
  }
  const keys = Object.keys(memory.sides).filter((key) => personId === null || key.endsWith(` ${personId}`));
  const forgotten = personId === null ? { '*': atMs } : { ...memory.forgotten, [personId]: atMs };
  return { ...memory, sides: without(memory.sides, keys), forgotten };
}

function without<T>(table: Table<T>, keys: readonly string[]): Table<T> {
  return Object.fromEntries(Object.entries(table).filter(([key]) => !keys.includes(key)));
}
