import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { linkOptions } from './broker-link.ts';
import { openVision } from './compose.ts';
import type { HubConfig } from './config/schema.ts';
import { LimenError, messageOf } from './domain/errors.ts';
import { type EmbeddedBroker, startEmbeddedBroker } from './hub/embedded-broker.ts';
import { type Hub, openHub } from './hub/hub.ts';
import { type HubKeyring, openHubKeyring } from './hub/hub-keyring.ts';
import { openHubStore } from './hub/hub-store.ts';
import { systemClock } from './runtime/clock.ts';
import { Closers } from './runtime/closers.ts';
import type { Logger } from './runtime/logger.ts';
import type { Link } from './sync/link.ts';
import { openMqttLink } from './sync/mqtt-link.ts';

/** A hub with everything around it. */
export interface HubDaemon {
  readonly hub: Hub;
  readonly keyring: HubKeyring;
  readonly site: string;
  readonly link: Link;
  /** Runs inside this process when the config says so. */
  readonly broker: EmbeddedBroker | null;
  close(): Promise<void>;
}

export interface HubDaemonOptions {
  readonly config: HubConfig;
  readonly log: Logger;
  /** Start the embedded broker where the config has one; a command beside a running hub does not. */
  readonly embedBroker?: boolean;
  /** Open although people were enrolled with another embedder, to enrol them again or erase them. */
  readonly changingEmbedder?: boolean;
}

const farewellMs = 5000;

/** Where a hub keeps its keys, made by `limen hub init`. */
export function hubKeyFile(dataFolder: string): string {
  return join(dataFolder, 'hub-keys.json');
}

/**
 * Open the central side: broker (where it is embedded), books, keys, vision for enrolment, publisher and collector.
 *
 * @throws LimenError with everything that was opened closed again.
 */
export async function openHubDaemon(options: HubDaemonOptions): Promise<HubDaemon> {
  const closers = new Closers();
  try {
    return await open(options, closers);
  } catch (error) {
    await closers.closeAll();
    throw error;
  }
}

async function open(options: HubDaemonOptions, closers: Closers): Promise<HubDaemon> {
  const { config, log, embedBroker = true, changingEmbedder = false } = options;
  makeDataFolder(config.dataFolder);
  const keys = await openHubKeyring(hubKeyFile(config.dataFolder));
  const store = await openHubStore(join(config.dataFolder, 'hub.db'));
  closers.add(() => store.close());
  const { vision, pack } = await openVision(config.recognition, { worker: false });
  closers.add(() => vision.close());

  const { embedded } = config.broker;
  const broker = embedded !== undefined && embedBroker ? await startEmbeddedBroker(embedded) : null;
  if (broker !== null) closers.add(() => broker.close());
  // Two processes with one client id would throw each other off the broker.
  const clientId = embedBroker ? `limen-${config.site}-hub` : `limen-${config.site}-hub-${process.pid}`;
  const link = openMqttLink({ ...linkOptions(config.broker), ...(broker && { url: broker.url }), clientId });
  closers.add(() => link.close());

  const hub = await openHub({
    site: config.site,
    link,
    store,
    vision,
    keys,
    clock: systemClock,
    changingEmbedder,
    enrolment: { calibration: pack.calibration },
    onNotice: ({ message, ...notice }) => log.warn(notice, message),
  });
  // A broker that is there and says nothing must not hold up the shutdown; what was not published is at the next start.
  closers.add(() => Promise.race([hub.close(), delay(farewellMs, undefined, { ref: false })]));
  return { hub, keyring: keys, site: config.site, link, broker, close: () => closers.closeAll() };
}

/** Make the folder, for its owner only. @throws LimenError `file.unwritable`. */
export function makeDataFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new LimenError('file.unwritable', `The hub's data folder ${folder} cannot be made: ${messageOf(cause)}.`, {
      hint: 'Make it by hand and give it to the user that runs the hub, or set dataFolder to another place.',
      cause,
    });
  }
}
