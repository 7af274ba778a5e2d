import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import type { BrokerConfig, TerminalConfig } from './config/schema.ts';
import type { DoorState } from './domain/door-state.ts';
import { LimenError, messageOf } from './domain/errors.ts';
import type { Person } from './domain/person.ts';
import type { GallerySnapshot, GalleryStore } from './gallery/gallery-store.ts';
import type { Journal } from './journal/journal.ts';
import { systemClock } from './runtime/clock.ts';
import { Closers } from './runtime/closers.ts';
import type { Logger } from './runtime/logger.ts';
import { packageVersion } from './runtime/package-root.ts';
import { readSecretFile } from './runtime/secrets.ts';
import { openCommandDesk } from './sync/command-desk.ts';
import type { CommandVerb } from './sync/command-judge.ts';
import { opener } from './sync/envelope.ts';
import type { GalleryFreshness } from './sync/gallery-freshness.ts';
import { readTerminalKeys } from './sync/keys.ts';
import type { Link } from './sync/link.ts';
import { type MqttLinkOptions, openMqttLink } from './sync/mqtt-link.ts';
import { followNeighbours } from './sync/neighbours.ts';
import { type GalleryReplica, openGalleryReplica } from './sync/replica.ts';
import { followRules } from './sync/rules-replica.ts';
import { lastWill, statusPublisher } from './sync/status.ts';
import { openUplink } from './sync/uplink.ts';
import type { Terminal } from './terminal.ts';
import type { TerminalAccess } from './terminal-access.ts';

/** A terminal's connection to its hub: gallery and commands come in, events, results and status go out. */
export interface TerminalSync {
  readonly link: Link;
  /** A row was appended to the journal: publish it when the broker can be reached. */
  eventAppended(): void;
  /** Say offline, then leave. */
  close(): Promise<void>;
}

export interface TerminalSyncOptions {
  readonly config: TerminalConfig & { readonly broker: BrokerConfig };
  readonly terminal: Terminal;
  readonly journal: Journal;
  readonly store: GalleryStore;
  readonly access: TerminalAccess;
  readonly freshness: GalleryFreshness;
  /** Called with every gallery that is on the disk, whichever embedder this terminal has. */
  readonly onStored: (snapshot: GallerySnapshot) => void;
  /** What a terminal knows of somebody besides the gallery goes as well. */
  readonly onErasing: (person: Person) => void;
  /** Name of the pack in use, for the status. */
  readonly pack: string;
  /** What the hub can tell this terminal to do. */
  readonly verbs: Readonly<Record<string, CommandVerb>>;
  readonly log: Logger;
}

/**
 * Connect a terminal to its site's broker. Returns at once: a broker that is down is tried again for ever.
 *
 * @throws LimenError `key.missing`, `key.invalid`, `config.secret-exposed`, `file.unreadable`.
 */
export async function openTerminalSync(options: TerminalSyncOptions): Promise<TerminalSync> {
  const closers = new Closers();
  const leaving = new AbortController();
  const close = () => {
    leaving.abort();
    return closers.closeAll();
  };
  try {
    return { ...(await connect(options, closers, leaving.signal)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function connect(
  options: TerminalSyncOptions,
  closers: Closers,
  leaving: AbortSignal,
): Promise<Omit<TerminalSync, 'close'>> {
  const { config, terminal, journal, store, access, freshness, pack, log } = options;
  const { site, terminal: name, broker } = config;
  const keys = await readTerminalKeys(config.keys);
  const opening = opener(site, keys);
  const link = openMqttLink({ ...linkOptions(broker), clientId: `limen-${site}-${name}`, will: lastWill(site, name) });
  closers.add(() => link.close());
  reportLink(link, terminal, leaving);
  const names = { site, terminal: name, link, clock: systemClock, journal };

  let replica: GalleryReplica | null = null;
  const status = statusPublisher({
    ...names,
    software: packageVersion(),
    pack,
    gallery: () => replica?.snapshot ?? null,
    door: () => terminal.door?.state ?? null,
  });
  closers.add(() => status.close());
  replica = await openGalleryReplica({
    ...names,
    opener: opening,
    store,
    freshness,
    onErasing: options.onErasing,
    report: terminal.report,
    check: terminal.assertUsable,
    onGallery: (snapshot) => {
      // Only what was stored before the pack was changed can be another embedder's; the terminal has said so already.
      if (terminal.takes(snapshot)) terminal.adopt(snapshot);
      options.onStored(snapshot);
      status.changed();
    },
  });
  closers.add(() => replica?.close());
  const listen = await listenToNeighbours(link, { site, access });
  const rules = await followRules({
    ...{ site, link, opener: opening, store: access.rulesStore, current: access.hubRules, report: terminal.note },
    lineage: () => replica?.snapshot?.lineage ?? null,
    check: (next) => access.checkRules(next),
    onRules: (next) => {
      access.adoptRules(next);
      listen();
    },
  });
  closers.add(() => rules.close());
  const uplink = await openUplink({
    ...names,
    opener: opening,
    onRefused: (code, reason) => log.warn({ code }, `an acknowledgement was refused: ${reason}`),
  });
  closers.add(() => uplink.close());
  const desk = await openCommandDesk({
    ...names,
    opener: opening,
    siteKey: keys.site,
    report: terminal.report,
    memoryFile: join(config.dataFolder, 'commands.state'),
    verbs: options.verbs,
  });
  closers.add(() => desk.close());

  return {
    link,
    eventAppended() {
      uplink.wake();
      status.changed();
    },
  };
}

/** Hear of the doors and passages that the rules in force ask about; to be called again when those change. */
async function listenToNeighbours(
  link: Link,
  { site, access }: { readonly site: string; readonly access: TerminalAccess },
): Promise<() => void> {
  const { guard, neighbours } = access;
  const others = followNeighbours({
    ...{ site, link },
    onStatus: (status) => neighbours.heard(status.terminal, status.online ? isClosed(status.door) : null),
    onEvent: ({ kind, terminal, seq, body }) => {
      // What another terminal only heard of itself is not passed on.
      if (kind !== 'access.passed' || body.heardFrom !== undefined || typeof body.personId !== 'string') return;
      guard.passedElsewhere(body.personId, { terminal, seq });
    },
  });
  const listen = async () => {
    const { doors, passages } = access.neighboursWanted();
    await others.statusOf(doors);
    await others.eventsOf(passages);
  };
  await listen();
  return () => void listen().catch(() => {});
}

function isClosed(door: DoorState | null): boolean | null {
  return door === null ? null : door === 'locked' || door === 'lockdown';
}

/** How a link is opened to the broker that a config names; secrets and certificates are read from their files. */
export function linkOptions(broker: BrokerConfig): Omit<MqttLinkOptions, 'clientId'> {
  const { url, protocol, username } = broker;
  const ca = broker.caFile === undefined ? undefined : readCertificate(broker.caFile);
  const cert = broker.certFile === undefined ? undefined : readCertificate(broker.certFile);
  const key = broker.keyFile === undefined ? undefined : readSecretFile(broker.keyFile);
  const password = broker.passwordFile === undefined ? undefined : readSecretFile(broker.passwordFile).trim();
  assertUsable('broker.url', url, () => new URL(url));
  assertUsable('broker.caFile, certFile or keyFile', 'the certificates', () => createSecureContext({ ca, cert, key }));
  return { url, protocol, username, password, ca, cert, key };
}

/** The MQTT library would say it in its own words, in the middle of a connection attempt. */
function assertUsable(keys: string, what: string, use: () => unknown): void {
  try {
    use();
  } catch (cause) {
    throw new LimenError('config.invalid', `${keys}: ${what} cannot be used: ${messageOf(cause)}.`, {
      hint: 'An address looks like mqtts://broker.example:8883; certificates and keys are PEM files.',
      cause,
    });
  }
}

function readCertificate(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new LimenError('file.unreadable', `The certificate ${file} cannot be read: ${messageOf(cause)}.`, {
      hint: 'Check broker.caFile and broker.certFile in the config.',
      cause,
    });
  }
}

/** One event per change between reachable and not; the reasons of further attempts add nothing. */
function reportLink(link: Link, terminal: Terminal, leaving: AbortSignal): void {
  let online: boolean | null = null;
  link.onState((state) => {
    if (
      leaving.aborted ||
      state.online === online ||
      (online === null && !state.online && state.reason === 'not connected yet')
    )
      return;
    online = state.online;
    terminal.note(
      state.online
        ? { kind: 'broker.connected', body: { url: link.url } }
        : { kind: 'broker.lost', body: { url: link.url, reason: state.reason } },
    );
  });
}
