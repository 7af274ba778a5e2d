import type { ConsoleConfig } from '../config/console-schema.ts';
import type { HubConfig } from '../config/schema.ts';
import type { Clock } from '../domain/clock.ts';
import type { Timers } from '../domain/timers.ts';
import type { Logger } from '../runtime/logger.ts';
import { allRoutes } from './all-routes.ts';
import { type ConsoleHub, openDesk } from './desk.ts';
import { atHub } from './place.ts';
import { type Console, servedConsole } from './served.ts';
import type { SessionLimits } from './sessions.ts';

/** What a hub's console is built from. */
export interface ConsoleOptions {
  readonly config: HubConfig & { readonly console: ConsoleConfig };
  /** That this was read from. */
  readonly configFile?: string | undefined;
  readonly log: Logger;
  readonly clock: Clock;
  /** `null` before there are keys. */
  readonly hub: ConsoleHub | null;
  /** Make keys and open the hub; asked once at most, where there is none. */
  readonly openHub: () => Promise<ConsoleHub>;
  readonly sessionLimits?: SessionLimits;
  readonly timers?: Timers;
}

/** Serve the console of a hub. @throws LimenError as {@link servedConsole}, and what `openDesk` throws. */
export async function openConsole(options: ConsoleOptions): Promise<Console> {
  const { config, configFile, log, clock, hub, openHub, sessionLimits, timers } = options;
  const deskOver = (over: ConsoleHub) =>
    openDesk(over, { config, configFile, clock, log, ...(sessionLimits && { limits: sessionLimits }) });
  const desk = hub && (await deskOver(hub));
  try {
    return await servedConsole({
      ...{ place: atHub, routes: allRoutes, config: config.console, dataFolder: config.dataFolder, log, clock, desk },
      open: async () => deskOver(await openHub()),
      ...(timers && { timers }),
    });
  } catch (error) {
    await desk?.close();
    throw error;
  }
}
