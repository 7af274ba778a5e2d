import type { ExecutionContext } from 'ava';
import { hubConfigSchema } from '../../../src/config/schema.ts';
import type { Proven } from '../../../src/console/accounts.ts';
import { allRoutes } from '../../../src/console/all-routes.ts';
import { createConsoleServer } from '../../../src/console/console-server.ts';
import { type Desk, openDesk } from '../../../src/console/desk.ts';
import { createHouse } from '../../../src/console/house.ts';
import { atHub } from '../../../src/console/place.ts';
import { type Role, roles } from '../../../src/console/roles.ts';
import type { SessionLimits } from '../../../src/console/sessions.ts';
import { newSetupCode } from '../../../src/console/setup-code.ts';
import type { Clock } from '../../../src/domain/clock.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { createLogger } from '../../../src/runtime/logger.ts';
import type { WebServer } from '../../../src/web/server.ts';
import { freshKeys, type SiteKeys } from '../../support/keys.ts';
import { brokerOf, startHub, type TestBroker, type TestHub } from '../../support/site.ts';
import { temporaryFolder } from '../../support/sync.ts';

/** The password of everybody in these tests. */
export const password = 'correct horse battery';

/** What the browser of somebody sends. */
export interface Sent extends Record<string, string> {
  readonly cookie: string;
  readonly 'x-limen': string;
}

/** A console over a hub of a test, asked without a network. */
export interface TestConsole {
  readonly server: WebServer;
  readonly desk: Desk;
  readonly hub: TestHub;
  readonly keys: SiteKeys;
  readonly broker: TestBroker;
  /** What the browser of somebody with this role sends. */
  readonly as: Readonly<Record<Role, Sent>>;
  /** Somebody's own session, besides. */
  signedIn(role: Role): Promise<Sent>;
}

/** A console with an account for every role, each named like it. */
export async function startConsole(
  t: ExecutionContext,
  options: { readonly clock?: Clock; readonly limits?: SessionLimits; readonly configFile?: string } = {},
): Promise<TestConsole> {
  const { clock = systemClock, limits, configFile } = options;
  const keys = await freshKeys(t);
  const broker = (await brokerOf(t, 'aedes 3.1.1'))!;
  await broker.start();
  const hub = await startHub(t, { broker, keys });
  const dataFolder = await temporaryFolder(t);
  const config = hubConfigSchema.parse({ site: 'plant', dataFolder, broker: { url: broker.url } });
  const log = createLogger({ level: 'error', format: 'json' });
  const desk = await openDesk(
    { hub: hub.hub, keyring: keys.hub, store: hub.store, site: 'plant', link: hub.link },
    { config, configFile, clock, log, ...(limits && { limits }) },
  );
  t.teardown(() => desk.close());
  const code = newSetupCode(clock, atHub);
  const house = createHouse({ place: atHub, desk, code, open: async () => desk, onGuarded: () => {} });
  const server = await createConsoleServer({ house, routes: allRoutes, log });
  t.teardown(() => server.close());
  const proven = {} as Record<Role, Proven>;
  const signedIn = async (role: Role): Promise<Sent> => ({
    cookie: `limen=${await desk.sessions.begin(proven[role])}`,
    'x-limen': '1',
  });
  const as = {} as Record<Role, Sent>;
  for (const role of roles) {
    proven[role] = await desk.accounts.add({ name: role, role, password });
    as[role] = await signedIn(role);
  }
  return { server, desk, hub, keys, broker, as, signedIn };
}
