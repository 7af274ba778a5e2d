import { systemClock } from '../runtime/clock.ts';
import { createLogger } from '../runtime/logger.ts';
import { createConsoleServer } from './console-server.ts';
import { createHouse } from './house.ts';
import { newSetupCode } from './setup-code.ts';

/** The description of the console's API (OpenAPI 3.1), from the schemas of its routes. */
export async function describeApi(): Promise<object> {
  const house = createHouse({
    desk: null,
    code: newSetupCode(systemClock),
    open: () => Promise.reject(new Error('there is no hub to open')),
    onGuarded: () => {},
  });
  const server = await createConsoleServer({ house, log: createLogger({ level: 'error', format: 'json' }) });
  try {
    await server.ready();
    return server.swagger();
  } finally {
    await server.close();
  }
}
