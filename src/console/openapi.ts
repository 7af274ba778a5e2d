import { systemClock } from '../runtime/clock.ts';
import { createLogger } from '../runtime/logger.ts';
import type { CommonDesk } from './common-desk.ts';
import { createConsoleServer } from './console-server.ts';
import { createHouse } from './house.ts';
import type { Place } from './place.ts';
import type { Route } from './route.ts';
import { newSetupCode } from './setup-code.ts';

/** The description of a console's API (OpenAPI 3.1), from the schemas of its routes. */
export async function describeApi<D extends CommonDesk>(place: Place, routes: readonly Route<D>[]): Promise<object> {
  const house = createHouse<D>({
    ...{ place, desk: null, code: newSetupCode(systemClock, place) },
    open: () => Promise.reject(new Error('there is nothing to open')),
    onGuarded: () => {},
  });
  const server = await createConsoleServer({ house, routes, log: createLogger({ level: 'error', format: 'json' }) });
  try {
    await server.ready();
    return server.swagger();
  } finally {
    await server.close();
  }
}
