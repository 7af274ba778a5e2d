import type { HubConfig } from './config/schema.ts';
import { openConsole } from './console/console.ts';
import type { ConsoleHub } from './console/desk.ts';
import type { Console } from './console/served.ts';
import { booksAreThere } from './hub/database.ts';
import { createHubKeys } from './hub/hub-key-file.ts';
import { hubBooks } from './hub-books.ts';
import { hubKeyFile, makeDataFolder } from './hub-folder.ts';
import { systemClock } from './runtime/clock.ts';
import { isThere } from './runtime/is-there.ts';
import type { Logger } from './runtime/logger.ts';

/**
 * The console of this hub, which opens the hub with it; of a hub that was never set up, the console alone, whose first
 * page makes the keys. `null`, with nothing opened, where the configuration has no console.
 *
 * @throws LimenError as `openConsole`, and what `openHub` throws.
 */
export async function serveConsole(
  config: HubConfig,
  options: {
    readonly configFile: string | undefined;
    readonly log: Logger;
    readonly openHub: () => Promise<ConsoleHub>;
  },
): Promise<Console | null> {
  const { configFile, log, openHub } = options;
  const { console } = config;
  if (console === undefined) return null;
  return openConsole({
    ...{ config: { ...config, console }, configFile, log, clock: systemClock },
    hub: (await isFresh(config)) ? null : await openHub(),
    openHub: async () => {
      makeDataFolder(config.dataFolder);
      // An attempt that failed behind this point is made again.
      if (!isThere(hubKeyFile(config.dataFolder))) await createHubKeys(hubKeyFile(config.dataFolder));
      return openHub();
    },
  });
}

/** Neither keys nor books. Books whose keys are missing are no new hub, but one to be restored from its backup. */
async function isFresh(config: HubConfig): Promise<boolean> {
  return !isThere(hubKeyFile(config.dataFolder)) && !(await booksAreThere(hubBooks(config)));
}
