import type { ConsoleConfig } from '../config/console-schema.ts';
import { atTerminal } from '../console/place.ts';
import { type Console, servedConsole } from '../console/served.ts';
import type { DoorDesk } from './desk.ts';
import { doorRoutes } from './routes.ts';

/**
 * Serve the console of a terminal; the desk is closed with it.
 *
 * @throws LimenError as {@link servedConsole}; the desk is still open then.
 */
export function serveDoorConsole(desk: DoorDesk, config: ConsoleConfig): Promise<Console> {
  const { log, clock } = desk;
  const { dataFolder } = desk.own.config();
  const at = { place: atTerminal, routes: doorRoutes, config, dataFolder, log, clock };
  return servedConsole({ ...at, desk, open: async () => desk });
}
