import type { ExecutionContext } from 'ava';
import { terminalConfigSchema } from '../../src/config/schema.ts';
import type { Calibration } from '../../src/domain/calibration.ts';
import type { EventKind, LimenEvent, Occurrence } from '../../src/domain/event.ts';
import type { Person } from '../../src/domain/person.ts';
import type { Verdict } from '../../src/domain/verdict.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { createLogger } from '../../src/runtime/logger.ts';
import type { CommandVerb } from '../../src/sync/command-judge.ts';
import { Terminal } from '../../src/terminal.ts';
import { openTerminalAccess, type TerminalAccess } from '../../src/terminal-access.ts';
import { openTerminalSync } from '../../src/terminal-sync.ts';
import { makeBench, makeDoor } from '../door/support/bench.ts';
import type { SiteKeys } from './keys.ts';
import { memoryJournal } from './memory-journal.ts';
import { readingVision, type TestBroker } from './site.ts';
import { memoryGalleryStore } from './sync.ts';

/** What outlives a restart of a terminal. */
export interface Kept {
  readonly bench: ReturnType<typeof makeBench>;
  readonly journal: ReturnType<typeof memoryJournal>;
  readonly store: ReturnType<typeof memoryGalleryStore>;
}

/** A terminal with everything real but its camera and its network for faces. */
export interface GuardedTerminal {
  readonly terminal: Terminal;
  readonly access: TerminalAccess;
  readonly kept: Kept;
  /** The level of the lock's line: `1` while the door can be opened. */
  level(): string;
  /** Somebody's face, seen well; what became of it, and the door was asked to open if that is a grant. */
  come(personId: string): string;
  /** Say how the door is, now. */
  sayStatus(): void;
  events<K extends EventKind>(kind: K): LimenEvent<K>[];
  stop(): Promise<void>;
}

const calibration: Calibration = {
  ...{ embedder: 'test/1', impostorPairs: 1e6, people: 1000, source: 'a test' },
  quantiles: [
    { fmr: 0.1, fmrUpper: 0.11, distance: 0.2 },
    { fmr: 1e-5, fmrUpper: 2e-5, distance: 0.05 },
  ],
};
const demands = {
  ...{ targetFpir: 0.001, minMargin: 0.01, agreeing: 3, window: 5, decideWithinMs: 2500, liveness: 'off' as const },
};

/** Start one, with `people` in its gallery unless a hub brings them; with `kept` it is the same one after a restart. */
export async function startGuarded(
  t: ExecutionContext,
  options: {
    readonly broker: TestBroker;
    readonly keys: SiteKeys;
    readonly name: string;
    readonly access?: object;
    readonly people?: readonly Person[];
    readonly kept?: Kept;
    readonly verbs?: Readonly<Record<string, CommandVerb>>;
  },
): Promise<GuardedTerminal> {
  const { broker, keys, name, access = {}, people } = options;
  const kept = options.kept ?? { bench: makeBench(t), journal: memoryJournal(name), store: memoryGalleryStore() };
  const { bench, journal, store } = kept;
  if (people !== undefined) {
    store.stored = { lineage: 'l', version: 1, embedder: 'test/1', people, erased: {} };
  }
  const config = terminalConfigSchema.parse({
    ...{ site: 'plant', terminal: name, dataFolder: bench.folder, access, recognition: { liveness: 'off' } },
    camera: { driver: 'replay', folder: bench.folder },
    door: { driver: 'simulated' },
    broker: { url: broker.url, protocol: broker.protocol },
  });
  const log = createLogger({ level: 'error', format: 'json' });
  let report = (_: Occurrence): void => {};
  let passed = (_: string | null): void => {};
  const told = { report: (occurrence: Occurrence) => report(occurrence), onPassed: passedThrough };
  function passedThrough({ personId }: { personId: string | null }): void {
    passed(personId);
  }
  const { door, level } = await makeDoor(t, { settings: { longestHoldMs: 200_000 }, ...told }, bench);
  let sync: Awaited<ReturnType<typeof openTerminalSync>> | null = null;
  const parts = { vision: readingVision, calibration, demands, journal, clock: systemClock, door };
  const terminal = new Terminal({ ...parts, onEvent: () => sync?.eventAppended() }, store.stored);
  report = terminal.note;
  passed = (personId) => personId !== null && terminal.passed(personId);
  const guarded = await openTerminalAccess({ config, terminal, journal, clock: systemClock, log });
  sync = await openTerminalSync({
    ...{ config, keyring: await keys.terminal(name), terminal, journal, store, log },
    ...{ access: guarded, pack: 'test', verbs: options.verbs ?? {} },
    freshness: {
      trust: 'full',
      now: () => systemClock.now(),
      confirmed: () => {},
      tick: () => {},
      close: async () => {},
    },
    ...{ onStored: () => {}, onErasing: () => {} },
    vitals: async () => ({
      ...{ framesPerSecond: 0, droppedPerSecond: 0, latencyMs: null, temperatureC: null, diskFreeMb: null },
    }),
  });
  const stop = async () => {
    await sync?.close();
    await guarded.close();
    await door.close();
  };
  t.teardown(stop);
  return {
    ...{ terminal, access: guarded, kept, level, stop },
    come: (personId) => {
      const verdict = guarded.guard.judge({ kind: 'grant', personId, name: personId, evidence: terminal.unseen() });
      if (verdict.kind !== 'undecided') terminal.settle(verdict);
      return outcomeOf(verdict);
    },
    sayStatus: () => sync?.eventAppended(),
    events: <K extends EventKind>(kind: K) =>
      journal.latest(1000).filter((event) => event.kind === kind) as LimenEvent<K>[],
  };
}

function outcomeOf(verdict: Verdict): string {
  return verdict.kind === 'deny' ? verdict.reason : verdict.kind;
}
