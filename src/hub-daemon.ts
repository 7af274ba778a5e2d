import { setTimeout as delay } from 'node:timers/promises';
import { ulid } from 'ulid';
import { linkOptions } from './broker-link.ts';
import { openVision } from './compose.ts';
import type { HubConfig } from './config/schema.ts';
import { LimenError } from './domain/errors.ts';
import type { Books } from './hub/database.ts';
import { type EmbeddedBroker, startEmbeddedBroker } from './hub/embedded-broker.ts';
import { type Hub, openHub } from './hub/hub.ts';
import { type HubKeyring, openHubKeyring } from './hub/hub-keyring.ts';
import { type HubStore, openHubStore } from './hub/hub-store.ts';
import type { Notify } from './hub/notice.ts';
import { seatOf } from './hub/open-seat.ts';
import { hubBooks } from './hub-books.ts';
import { hubKeyFile, makeDataFolder } from './hub-folder.ts';
import { homeAssistantOf } from './hub-home-assistant.ts';
import { systemClock } from './runtime/clock.ts';
import { Closers } from './runtime/closers.ts';
import type { Logger } from './runtime/logger.ts';
import type { Link } from './sync/link.ts';
import { openMqttLink } from './sync/mqtt-link.ts';

/** A hub with everything around it. */
export interface HubDaemon {
  readonly hub: Hub;
  readonly store: HubStore;
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
  const books = hubBooks(config);
  const store = await openHubStore(books);
  closers.add(() => store.close());
  if (embedBroker && config.broker.protocol !== '5') closers.add(await onlyProcess(books));
  const { vision, pack } = await openVision(config.recognition, { worker: false });
  closers.add(() => vision.close());

  const { embedded } = config.broker;
  const broker = embedded !== undefined && embedBroker ? await startEmbeddedBroker(embedded) : null;
  if (broker !== null) closers.add(() => broker.close());
  const connection = { ...linkOptions(config.broker), ...(broker && { url: broker.url }) };
  const clientId = `limen-${config.site}-hub`;
  // Two processes with one client id would throw each other off the broker.
  const link = openMqttLink({ ...connection, clientId: `${clientId}-${ulid().slice(-10)}`, forgotten: true });
  closers.add(() => link.close());

  const hub = await openHub({
    site: config.site,
    link,
    store,
    vision,
    keys,
    clock: systemClock,
    changingEmbedder,
    headLifetimeMs: config.gallery.validDays * 86_400_000,
    enrolment: { calibration: pack.calibration },
    election: {
      seat: await seatOf(books, 'publisher'),
      // Of publishers there shall be one: here, throwing each other off is what is wanted.
      openLink: () => openMqttLink({ ...connection, clientId }),
      onSeat: (seated) => log.info(seated ? 'publishing for the site' : 'no longer publishing for the site'),
    },
    collecting: embedBroker ? (config.broker.protocol === '5' ? 'in-turn' : 'alone') : 'no',
    onNotice: ({ message, ...notice }) => log.warn(notice, message),
  });
  if (embedBroker) {
    const notify: Notify = ({ message, ...notice }) => log.warn(notice, message);
    const bridge = await homeAssistantOf(config, { hub, store, keys, link, notify });
    closers.add(() => bridge?.close());
  }
  // A broker that is there and says nothing must not hold up the shutdown; what was not published is at the next start.
  closers.add(() => Promise.race([hub.close(), delay(farewellMs, undefined, { ref: false })]));
  return { hub, keyring: keys, store, site: config.site, link, broker, close: () => closers.closeAll() };
}

/**
 * Without MQTT 5 a broker gives every event to every process: they would all do the same.
 *
 * @returns what gives the place up
 * @throws LimenError `hub.already-running`.
 */
async function onlyProcess(books: Books): Promise<() => Promise<void>> {
  const seating = await (await seatOf(books, 'only-process')).take();
  if (seating !== null) return seating.release;
  throw new LimenError('hub.already-running', 'Another hub process works with these books.', {
    hint: 'Stop it first; or, for several processes, set broker.protocol to "5" in the configuration of each: docs/hub-store.md.',
  });
}
