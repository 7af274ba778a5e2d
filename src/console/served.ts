import type { Server as TlsServer } from 'node:tls';
import type { ConsoleConfig } from '../config/console-schema.ts';
import type { Clock } from '../domain/clock.ts';
import type { Timers } from '../domain/timers.ts';
import { Closers } from '../runtime/closers.ts';
import type { Logger } from '../runtime/logger.ts';
import { systemTimers } from '../runtime/timers.ts';
import type { CommonDesk } from './common-desk.ts';
import { createConsoleServer } from './console-server.ts';
import { keepTlsFresh } from './fresh-tls.ts';
import { createHouse } from './house.ts';
import { type Listening, listenAt } from './listening.ts';
import type { Place } from './place.ts';
import type { Route } from './route.ts';
import { newSetupCode } from './setup-code.ts';
import { consoleTls, fingerprintOf } from './tls.ts';
import { untilGuarded } from './until-guarded.ts';

/** A console that listens. */
export interface Console {
  /** Where, for example `https://192.0.2.7:8420`. */
  readonly url: string;
  close(): Promise<void>;
}

/** What a {@link Console} is served by. */
export interface ServedOptions<D extends CommonDesk> {
  readonly place: Place;
  readonly routes: readonly Route<D>[];
  /** Where it listens, and what it proves itself with. */
  readonly config: ConsoleConfig;
  readonly dataFolder: string;
  readonly log: Logger;
  readonly clock: Clock;
  /** The machine's own unless said. */
  readonly timers?: Timers;
  /** `null` before there is one; it is closed with the console, and stays open where that could not be served. */
  readonly desk: D | null;
  /** Make what a desk needs, and open it; asked once at most, where there is none. */
  readonly open: () => Promise<D>;
}

/**
 * Serve a console: on the loopback address until somebody has a password, then where the configuration says.
 *
 * @throws LimenError `console.address-taken`, and as `consoleTls`.
 */
export async function servedConsole<D extends CommonDesk>(options: ServedOptions<D>): Promise<Console> {
  const { place, routes, config, dataFolder, log, clock, timers = systemTimers, desk, open } = options;
  const closers = new Closers();
  const leaving = new AbortController();
  const code = newSetupCode(clock, place);
  const house = createHouse({ place, desk, code, open, onGuarded: () => listening?.widen() });
  let listening: Listening | null = null;
  try {
    const wantedTls = () => consoleTls({ config, dataFolder, now: clock.now(), log });
    const tls = await wantedTls();
    const server = await createConsoleServer({ house, routes, log, ...(tls && { tls }) });
    closers.add(() => server.close());
    if (tls !== null) {
      const fresh = { tls, wanted: wantedTls, timers, log, signal: leaving.signal };
      const keeping = keepTlsFresh(server.server as unknown as TlsServer, fresh);
      closers.add(() => keeping);
    }
    closers.add(() => {
      leaving.abort();
      if (house.isOpen) house.desk.leave();
    });
    const isGuarded = await house.hasAccounts();
    const scheme = tls === null ? 'http' : 'https';
    const at = { address: config.address, port: config.port, scheme, isGuarded, log, signal: leaving.signal } as const;
    const listens = await listenAt(server, at);
    listening = listens;
    // Not with the first account's own request only: it may have been made on the command line.
    if (!isGuarded) untilGuarded(house.hasAccounts, { timers, signal: leaving.signal }).then(house.guarded, () => {});
    const { url } = listens;
    log.info(`console: ${url}${isGuarded ? '' : ' (at this machine only, until somebody has a password)'}`);
    // Also where only warnings are logged: without it nobody gets in.
    if (!isGuarded) log.warn(`Nobody can sign in yet: open ${url}/#code=${code.text} (setup code ${code.text}).`);
    if (tls !== null) log.info(`console: certificate ${fingerprintOf(tls.cert)}`);
    return {
      get url() {
        return listens.url;
      },
      close: () => closers.closeAll().finally(() => house.close()),
    };
  } catch (error) {
    await closers.closeAll();
    throw error;
  }
}
