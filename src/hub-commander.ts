import { ulid } from 'ulid';
import { linkOptions } from './broker-link.ts';
import type { HubConfig } from './config/schema.ts';
import { type CommandRequest, type CommandSent, sendCommand } from './hub/command.ts';
import { openHubKeyring } from './hub/hub-keyring.ts';
import { openHubStore } from './hub/hub-store.ts';
import { terminalBooks } from './hub/terminal-books.ts';
import { hubBooks } from './hub-books.ts';
import { hubKeyFile, makeDataFolder } from './hub-folder.ts';
import { systemClock } from './runtime/clock.ts';
import { Closers } from './runtime/closers.ts';
import { issuer } from './runtime/issuer.ts';
import { sealer } from './sync/envelope.ts';
import { openMqttLink } from './sync/mqtt-link.ts';
import { terminalOpener } from './sync/terminal-envelope.ts';

/**
 * Send one command beside a hub that may be running, or without one: with its keys, its books and its broker, and
 * without what takes time to open. A lockdown does not wait for a neural network.
 *
 * @throws LimenError as {@link sendCommand}, and for keys, books or broker that cannot be used.
 */
export async function commandTerminals(
  config: HubConfig,
  request: Omit<CommandRequest, 'issuer'>,
): Promise<CommandSent> {
  const closers = new Closers();
  try {
    makeDataFolder(config.dataFolder);
    const keys = await openHubKeyring(hubKeyFile(config.dataFolder));
    const store = await openHubStore(hubBooks(config));
    closers.add(() => store.close());
    // Two with one client id would throw each other off the broker, and commands are given from several machines, or at once.
    const clientId = `limen-${config.site}-hub-${ulid()}`;
    const link = openMqttLink({ ...linkOptions(config.broker), clientId, forgotten: true });
    closers.add(() => link.close());
    return await sendCommand(
      {
        ...{ site: config.site, link, db: store.db, clock: systemClock, sealer: sealer(keys) },
        terminals: terminalOpener(keys, terminalBooks(store.db)),
      },
      { ...request, issuer: issuer() },
    );
  } finally {
    await closers.closeAll();
  }
}
