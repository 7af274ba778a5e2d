import { join } from 'node:path';
import { linkOptions } from './broker-link.ts';
import type { TerminalConfig } from './config/schema.ts';
import type { DoorState } from './domain/door-state.ts';
import type { Person } from './domain/person.ts';
import type { GallerySnapshot, GalleryStore } from './gallery/gallery-store.ts';
import type { Journal } from './journal/journal.ts';
import { systemClock } from './runtime/clock.ts';
import { Closers } from './runtime/closers.ts';
import type { Logger } from './runtime/logger.ts';
import { packageVersion } from './runtime/package-root.ts';
import { openCommandDesk } from './sync/command-desk.ts';
import type { CommandVerb } from './sync/command-judge.ts';
import type { Vitals } from './sync/diagnosis.ts';
import { opener } from './sync/envelope.ts';
import type { GalleryFreshness } from './sync/gallery-freshness.ts';
import { followKeys } from './sync/key-follower.ts';
import type { Link } from './sync/link.ts';
import { type MqttLinkOptions, openMqttLink } from './sync/mqtt-link.ts';
import { followNeighbours } from './sync/neighbours.ts';
import { type GalleryReplica, openGalleryReplica } from './sync/replica.ts';
import { openRosterReplica, type RosterReplica, rosterFileIn } from './sync/roster-replica.ts';
import { followRules } from './sync/rules-replica.ts';
import { lastWill, newSession, statusPublisher } from './sync/status.ts';
import { terminalOpener, terminalSealer } from './sync/terminal-envelope.ts';
import type { TerminalKeyring } from './sync/terminal-keyring.ts';
import { openUplink } from './sync/uplink.ts';
import type { Terminal } from './terminal.ts';
import type { TerminalAccess } from './terminal-access.ts';

/** A terminal's connection to its hub: gallery and commands come in, events, results and status go out. */
export interface TerminalSync {
  readonly link: Link;
  /** A row was appended to the journal: publish it when the broker can be reached. */
  eventAppended(): void;
  /** Version of the newest gallery that the hub has told of; `null` while it has told of none. */
  headVersion(): number | null;
  /** Say offline, then leave. */
  close(): Promise<void>;
}

export interface TerminalSyncOptions {
  readonly config: TerminalConfig;
  readonly keyring: TerminalKeyring;
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
  readonly vitals: () => Promise<Vitals>;
  /** What the hub can tell this terminal to do. */
  readonly verbs: Readonly<Record<string, CommandVerb>>;
  readonly log: Logger;
}

/**
 * Connect a terminal to its site's broker. Returns at once: a broker that is down is tried again for ever.
 *
 * @throws LimenError `config.secret-exposed`, `file.unreadable`, `config.invalid` for what the broker is reached with.
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
  const { config, keyring, terminal, journal, store, access, freshness, pack, log } = options;
  const { site, terminal: name } = config;
  const opening = opener(site, keyring);
  const sealing = terminalSealer(keyring);
  const session = newSession();
  const connection = async (): Promise<Omit<MqttLinkOptions, 'clientId'>> => {
    const will = await lastWill({ site, terminal: name, session, sealer: sealing });
    return { ...brokerOf(config, keyring), will };
  };
  const link = openMqttLink({
    ...(await connection()),
    clientId: `limen-${site}-${name}`,
    renew: async () => {
      await keyring.reread();
      return connection();
    },
  });
  closers.add(() => link.close());
  reportLink(link, { terminal, log, leaving });
  const names = { site, terminal: name, link, session, sealer: sealing, clock: systemClock, journal };

  let replica: GalleryReplica | null = null;
  const status = statusPublisher({
    ...names,
    software: packageVersion(),
    pack,
    gallery: () => replica?.snapshot ?? null,
    door: () => terminal.door?.state ?? null,
    lockdown: () => terminal.door?.status.lockdown ?? false,
    keys: () => keyring.held,
    offer: () => keyring.offer,
    vitals: options.vitals,
  });
  closers.add(() => status.close());
  // Before everything that is sealed: what the broker keeps may be for keys that came while this terminal was away.
  const following = await followKeys({
    ...{ ...names, keyring, report: terminal.note },
    onKeys: () => status.changed(),
    // The last will of this connection is signed with the key of before.
    onOwn: () => link.reconnect(),
  });
  closers.add(() => following.close());
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
  const roster = await openRosterReplica({
    ...{ site, link, opener: opening, report: terminal.note },
    file: rosterFileIn(config.dataFolder),
    leastVersion: () => keyring.document.rosterVersion,
  });
  const listen = await listenToNeighbours(link, { site, access, roster, keyring });
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
    onResend: (seq) => {
      log.warn(`the hub has lost events of this terminal: they are sent again from ${seq} on`);
      status.changed();
    },
    onRenumbered: (above) => {
      log.warn(`the hub has another journal of this terminal: counting goes on above ${above}`);
      status.changed();
    },
  });
  closers.add(() => uplink.close());
  const desk = await openCommandDesk({
    ...names,
    opener: opening,
    report: terminal.report,
    memoryFile: join(config.dataFolder, 'commands.state'),
    verbs: options.verbs,
  });
  closers.add(() => desk.close());

  return {
    link,
    headVersion: () => replica?.headVersion ?? null,
    eventAppended() {
      uplink.wake();
      status.changed();
    },
  };
}

/** Hear of the doors and passages that the rules in force ask about; to be called again when those change. */
async function listenToNeighbours(
  link: Link,
  options: Pick<TerminalSyncOptions, 'access' | 'keyring'> & { readonly site: string; readonly roster: RosterReplica },
): Promise<() => void> {
  const { site, access, keyring, roster } = options;
  const { guard, neighbours } = access;
  const others = followNeighbours({
    ...{ site, link, opener: terminalOpener(keyring, roster), clock: systemClock },
    onStatus: (status) => neighbours.heard(status.terminal, status.online ? isClosed(status.door) : null),
    onEvent: ({ kind, terminal, seq, at, clock, body }) => {
      // What another terminal only heard of itself is not passed on.
      if (kind !== 'access.passed' || body.heardFrom !== undefined || typeof body.personId !== 'string') return;
      guard.passedElsewhere(body.personId, { terminal, seq, at, clock });
    },
  });
  const listen = async () => {
    const { doors, passages } = access.neighboursWanted();
    if (doors.length + passages.length > 0) await roster.follow();
    await others.statusOf(doors);
    await others.eventsOf(passages);
  };
  await listen();
  return () => void listen().catch(() => {});
}

function isClosed(door: DoorState | null): boolean | null {
  return door === null ? null : door === 'locked' || door === 'lockdown';
}

/** One event per change between reachable and not; the reasons of further attempts add nothing. */
function reportLink(
  link: Link,
  { terminal, log, leaving }: Pick<TerminalSyncOptions, 'terminal' | 'log'> & { readonly leaving: AbortSignal },
): void {
  let online: boolean | null = null;
  link.onState((state) => {
    if (
      leaving.aborted ||
      state.online === online ||
      (online === null && !state.online && state.reason === 'not connected yet')
    )
      return;
    online = state.online;
    if (state.online) log.info(`connected to ${link.url}`);
    else log.warn(`the broker ${link.url} cannot be reached: ${state.reason}`);
    terminal.note(
      state.online
        ? { kind: 'broker.connected', body: { url: link.url } }
        : { kind: 'broker.lost', body: { url: link.url, reason: state.reason } },
    );
  });
}

/** What the configuration says about the broker goes before what the provisioning file says: a way of its own. */
export function brokerOf(
  { broker }: Pick<TerminalConfig, 'broker'>,
  { document }: Pick<TerminalKeyring, 'document'>,
): Omit<MqttLinkOptions, 'clientId'> {
  return broker === undefined ? document.broker : linkOptions(broker);
}
