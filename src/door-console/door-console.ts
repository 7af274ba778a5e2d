import type { ConsoleConfig } from '../config/console-schema.ts';
import { atTerminal } from '../console/place.ts';
import { type Console, servedConsole } from '../console/served.ts';
import type { LimenEvent } from '../domain/event.ts';
import { openDoorDesk } from './desk.ts';
import type { OwnTerminal } from './own-terminal.ts';
import { doorRoutes } from './routes.ts';

/** A terminal's own console, which listens, and wants to be told of what is written into the journal. */
export interface DoorConsole extends Console {
  event(event: LimenEvent): void;
}

/** Serve the console of a terminal. @throws LimenError as `openAccountFile` and {@link servedConsole}. */
export async function openDoorConsole(own: OwnTerminal, config: ConsoleConfig): Promise<DoorConsole> {
  const desk = await openDoorDesk(own);
  const served = await servedConsole({
    ...{
      place: atTerminal,
      routes: doorRoutes,
      config,
      dataFolder: own.config().dataFolder,
      log: own.log,
      clock: own.clock,
    },
    ...{ desk, open: async () => desk },
  });
  return {
    get url() {
      return served.url;
    },
    event: (event) => desk.event(event),
    close: () => served.close(),
  };
}
