import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { terminalConfigSchema } from '../../../src/config/schema.ts';
import type { Proven } from '../../../src/console/accounts.ts';
import { createConsoleServer } from '../../../src/console/console-server.ts';
import { createHouse } from '../../../src/console/house.ts';
import { atTerminal } from '../../../src/console/place.ts';
import { type Role, roles } from '../../../src/console/roles.ts';
import type { SessionLimits } from '../../../src/console/sessions.ts';
import { newSetupCode } from '../../../src/console/setup-code.ts';
import type { Clock } from '../../../src/domain/clock.ts';
import type { EventKind, LimenEvent, Occurrence } from '../../../src/domain/event.ts';
import type { Person } from '../../../src/domain/person.ts';
import { openDoor } from '../../../src/door/door-controller.ts';
import { type DoorDesk, openDoorDesk } from '../../../src/door-console/desk.ts';
import type { OwnTerminal } from '../../../src/door-console/own-terminal.ts';
import { doorRoutes } from '../../../src/door-console/routes.ts';
import { openJournal } from '../../../src/journal/open-journal.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { createLogger } from '../../../src/runtime/logger.ts';
import type { WebServer } from '../../../src/web/server.ts';
import { doorIn, makeBench } from '../../door/support/bench.ts';

/** The password of everybody in these tests. */
export const password = 'correct horse battery';

/** What the browser of somebody sends. */
export interface Sent extends Record<string, string> {
  readonly cookie: string;
  readonly 'x-limen': string;
}

/** The console of a terminal with a real journal and a simulated door, asked without a network. */
export interface TestDoorConsole {
  readonly server: WebServer;
  readonly desk: DoorDesk;
  readonly own: OwnTerminal;
  readonly journal: ReturnType<typeof openJournal>;
  readonly report: (occurrence: Occurrence) => LimenEvent;
  /** What the next reports throw, instead of being written; `null` for a disk that is well. */
  breakJournal(error: Error | null): void;
  /** The level of the lock's line: `1` while the door can be opened. */
  level(): string;
  events<K extends EventKind>(kind: K): LimenEvent<K>[];
  readonly as: Readonly<Record<Role, Sent>>;
  /** Somebody's own session, besides. */
  signedIn(role: Role): Promise<Sent>;
}

export interface DoorConsoleOptions {
  readonly clock?: Clock;
  readonly limits?: SessionLimits;
  readonly people?: readonly Person[];
  readonly door?: false;
  readonly hub?: OwnTerminal['hub'];
}

/** With an account for every role, each named like it. */
export async function startDoorConsole(
  t: ExecutionContext,
  { clock = systemClock, limits, people = [], hub = null, ...options }: DoorConsoleOptions = {},
): Promise<TestDoorConsole> {
  const bench = makeBench(t);
  const config = terminalConfigSchema.parse({
    ...{ site: 'plant', terminal: 'front-door', dataFolder: bench.folder, console: {} },
    ...{ camera: { driver: 'replay', folder: bench.folder }, door: { driver: 'simulated' } },
  });
  const log = createLogger({ level: 'error', format: 'json' });
  const journal = openJournal({ file: join(bench.folder, 'journal.db'), terminal: config.terminal, clock });
  t.teardown(() => journal.close());
  let broken: Error | null = null;
  let desk: DoorDesk | null = null;
  const report = (occurrence: Occurrence) => {
    if (broken !== null) throw broken;
    const event = journal.append(occurrence);
    desk?.event(event);
    return event;
  };
  const door =
    options.door === false ? null : await openDoor(doorIn(bench.folder, { report: (one) => void report(one) }));
  t.teardown(() => door?.close());
  const vitals = { framesPerSecond: 9.5, droppedPerSecond: 0, latencyMs: 140, temperatureC: 51, diskFreeMb: 12_000 };
  const own: OwnTerminal = {
    ...{ clock, log, journal, report, door, hub, since: clock.now().toISOString(), pack: 'test' },
    config: () => config,
    gallery: () => ({ version: 7, people: new Map(people.map((person) => [person.id, person])) }),
    vitals: async () => vitals,
    health: async () => ({ software: '0', temperatureC: vitals.temperatureC, log: [] }),
  };
  const opened = await openDoorDesk(own, limits);
  desk = opened;
  t.teardown(() => opened.close());
  const code = newSetupCode(clock, atTerminal);
  const house = createHouse({ place: atTerminal, desk, code, open: async () => opened, onGuarded: () => {} });
  const server = await createConsoleServer({ house, routes: doorRoutes, log });
  t.teardown(() => server.close());
  const proven = {} as Record<Role, Proven>;
  const signedIn = async (role: Role): Promise<Sent> => ({
    cookie: `limen=${await opened.sessions.begin(proven[role])}`,
    'x-limen': '1',
  });
  const as = {} as Record<Role, Sent>;
  for (const role of roles) {
    proven[role] = await opened.accounts.add({ name: role, role, password });
    as[role] = await signedIn(role);
  }
  return {
    ...{ server, desk: opened, own, journal, report, as, signedIn },
    breakJournal: (error) => {
      broken = error;
    },
    level: () => readFileSync(bench.levelFile, 'utf8'),
    events: <K extends EventKind>(kind: K) => journal.latestOf([kind], 1000) as LimenEvent<K>[],
  };
}
