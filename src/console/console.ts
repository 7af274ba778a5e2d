import type { HubConfig } from '../config/schema.ts';
import type { Clock } from '../domain/clock.ts';
import { LimenError, messageOf, systemCodeOf } from '../domain/errors.ts';
import { Closers } from '../runtime/closers.ts';
import type { Logger } from '../runtime/logger.ts';
import { createConsoleServer } from './console-server.ts';
import { type ConsoleHub, openDesk } from './desk.ts';
import { createHouse } from './house.ts';
import type { SessionLimits } from './sessions.ts';
import { newSetupCode } from './setup-code.ts';
import { consoleTls, fingerprintOf, isLoopback } from './tls.ts';

/** A console that listens. */
export interface Console {
  /** Where, for example `https://192.0.2.7:8420`. */
  readonly url: string;
  close(): Promise<void>;
}

/** What a {@link Console} is built from. */
export interface ConsoleOptions {
  readonly config: HubConfig & { readonly console: NonNullable<HubConfig['console']> };
  /** That this was read from. */
  readonly configFile?: string | undefined;
  readonly log: Logger;
  readonly clock: Clock;
  /** `null` before there are keys. */
  readonly hub: ConsoleHub | null;
  /** Make keys and open the hub; asked once at most, where there is none. */
  readonly openHub: () => Promise<ConsoleHub>;
  readonly sessionLimits?: SessionLimits;
}

/**
 * Serve the console: on the loopback address until somebody has a password, then where the configuration says.
 *
 * @throws LimenError `console.address-taken`, and as `consoleTls`.
 */
export async function openConsole(options: ConsoleOptions): Promise<Console> {
  const { config, configFile, log, clock, hub, openHub, sessionLimits } = options;
  const { address, port } = config.console;
  const closers = new Closers();
  const deskOver = (over: ConsoleHub) =>
    openDesk(over, { config, configFile, clock, log, ...(sessionLimits && { limits: sessionLimits }) });
  try {
    const code = newSetupCode(clock);
    const house = createHouse({
      code,
      desk: hub && (await deskOver(hub)),
      open: async () => deskOver(await openHub()),
      onGuarded: () => widen(),
    });
    closers.add(() => house.close());
    const tls = await consoleTls(config.console, config.dataFolder, clock.now());
    const server = await createConsoleServer({ house, log, ...(tls && { tls }) });
    closers.add(async () => {
      const closing = server.close();
      // Who listens to what happens would keep the server waiting for ever.
      if (house.isOpen) house.desk.live.close();
      await closing;
    });
    const isGuarded = await house.hasAccounts();
    const inUse = { address: isGuarded ? address : '127.0.0.1' };
    await server.listen({ host: inUse.address, port }).catch((error) => {
      throw taken(inUse.address, port, error);
    });
    const listener = server.server;
    const urlNow = () => {
      const at = listener.address() as { address: string; port: number };
      const host = at.address.includes(':') ? `[${at.address}]` : at.address;
      return `${tls === null ? 'http' : 'https'}://${host}:${at.port}`;
    };
    const widen = () => {
      if (isLoopback(address) || inUse.address === address) return;
      inUse.address = address;
      const { port: same } = listener.address() as { port: number };
      // Who is connected stays; only where new connections come in changes.
      listener.close();
      listener.once('error', (error) => log.error({ error }, taken(address, same, error).message));
      listener.listen({ host: address, port: same }, () => log.info(`console: ${urlNow()}`));
    };
    log.info(`console: ${urlNow()}${isGuarded ? '' : ' (at this machine only, until somebody has a password)'}`);
    // Also where only warnings are logged: without it nobody gets in.
    if (!isGuarded) log.warn(`Nobody can sign in yet: open ${urlNow()}/#code=${code.text} (setup code ${code.text}).`);
    if (tls !== null) log.info(`console: certificate ${fingerprintOf(tls.cert)}`);
    return {
      get url() {
        return urlNow();
      },
      close: () => closers.closeAll(),
    };
  } catch (error) {
    await closers.closeAll();
    throw error;
  }
}

function taken(address: string, port: number, cause: unknown): LimenError {
  const why = systemCodeOf(cause) === 'EADDRINUSE' ? 'another program listens there' : messageOf(cause);
  return new LimenError('console.address-taken', `The console cannot listen at ${address}, port ${port}: ${why}.`, {
    hint: 'Set console.port, and console.address to one that this machine has.',
    cause,
  });
}
