import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Camera } from './camera/camera.ts';
import { superviseCamera } from './camera/supervised.ts';
import { type DoorSurroundings, openCamera, openConfiguredDoor, openGalleryStore, openVision } from './compose.ts';
import type { TerminalConfig } from './config/schema.ts';
import type { Clock } from './domain/clock.ts';
import { isLimenError, LimenError, messageOf } from './domain/errors.ts';
import type { EventBodies, LimenEvent, Occurrence } from './domain/event.ts';
import type { Door } from './door/door.ts';
import type { StoredGallery } from './gallery/gallery-store.ts';
import type { Threshold } from './gallery/threshold.ts';
import type { Journal } from './journal/journal.ts';
import { openJournal } from './journal/open-journal.ts';
import type { JourneyParts } from './pipeline.ts';
import { systemClock } from './runtime/clock.ts';
import { Closers } from './runtime/closers.ts';
import { openDataFolder } from './runtime/data-folder.ts';
import type { Logger } from './runtime/logger.ts';
import { packageVersion } from './runtime/package-root.ts';
import { Terminal } from './terminal.ts';
import { openTerminalAccess, type TerminalAccess } from './terminal-access.ts';
import { terminalVerbs } from './terminal-commands.ts';
import { terminalHealth } from './terminal-health.ts';
import { terminalIdentity } from './terminal-identity.ts';
import { openTerminalSync, type TerminalSync } from './terminal-sync.ts';
import { keepVisitors } from './terminal-visitors.ts';
import type { Vision } from './vision/vision.ts';

/** A terminal with everything around it, ready to watch its camera. */
export interface Daemon {
  readonly terminal: Terminal;
  readonly journal: Journal;
  /** Whether the pack in use can tell a live face from a picture of one. */
  readonly hasLivenessNetworks: boolean;
  /** How long the picture now being looked at has been looked at; 0 between pictures. */
  lookingForMs(): number;
  /** Watch the configured camera until `signal` aborts; survives a camera that dies and a disk that is full. */
  run(signal: AbortSignal, hooks?: WatchHooks): Promise<void>;
  /** Door at rest first, then everything else, in the reverse order of opening. */
  close(cause: string): Promise<void>;
}

export type WatchHooks = Pick<JourneyParts, 'onSeen' | 'onVerdict'>;

export interface DaemonOptions {
  readonly config: TerminalConfig;
  readonly log: Logger;
  readonly onEvent?: (event: LimenEvent) => void;
}

/** How long to wait before looking again after the journal could not be written. */
const journalRetryMs = 5000;
const pruneEveryMs = 3_600_000;

/**
 * Open a terminal: data folder, door at rest, journal, gallery, vision, broker, in this order. Needs no network: a
 * broker that cannot be reached is tried again for ever, in the background.
 *
 * @throws LimenError with everything that was opened closed again, the door at rest.
 */
export async function openDaemon({ config, log, onEvent }: DaemonOptions): Promise<Daemon> {
  const closers = new Closers();
  try {
    return await open(config, log, onEvent, closers);
  } catch (error) {
    await closers.closeAll();
    throw error;
  }
}

async function open(
  config: TerminalConfig,
  log: Logger,
  onEvent: DaemonOptions['onEvent'],
  closers: Closers,
): Promise<Daemon> {
  const clock = systemClock;
  const folder = openDataFolder(config.dataFolder);
  closers.add(() => folder.close());

  // The door comes to rest before anything else is tried; what it has to say waits for the journal.
  let early: Occurrence[] | null = [];
  let report = (occurrence: Occurrence): void => void early?.push(occurrence);
  let passed = (_personId: string): void => {};
  const door = await openDoorOf(config, {
    report: (occurrence) => {
      try {
        report(occurrence);
      } catch (error) {
        log.error({ code: isLimenError(error) ? error.code : undefined }, messageOf(error));
        // An opening that cannot be journalled must not last. That it ended is only to be told, and must not end the daemon.
        if (occurrence.kind === 'door.unlocked') throw error;
      }
    },
    onPassed: ({ personId }) => {
      if (personId !== null) passed(personId);
    },
  });
  if (door !== null) closers.add(() => door.close());

  const keyring = await terminalIdentity(config);
  const file = join(config.dataFolder, 'journal.db');
  const journal = openJournal({ file, terminal: config.terminal, clock, onDamage: 'set-aside' });
  closers.add(() => journal.close());
  const store = await openGalleryStore(config.dataFolder);
  const stored = await store.read();
  const { vision, pack, projection, glimpses } = await openVision(config.recognition, {
    attention: { idleFps: config.recognition.idleFps },
  });
  closers.add(() => vision.close());

  const visitors = await keepVisitors({ config, clock, log });
  closers.add(() => visitors?.close());

  let sync: TerminalSync | null = null;
  const { timed, lookingForMs } = timeLooks(vision, clock);
  const terminal = new Terminal(
    {
      vision: timed,
      calibration: pack.calibration,
      projection,
      glimpses,
      demands: { ...config.recognition, surroundingsSuffice: pack.liveness === undefined },
      journal,
      clock,
      door,
      direction: config.mode === 'punch' ? config.direction : null,
      onGallery: ({ threshold }) => warnAboutShortfall(threshold, log),
      onUnrecorded: (error) => log.error({ error }, `an event could not be written down: ${messageOf(error)}`),
      onEvent: (event) => {
        log.debug({ seq: event.seq, kind: event.kind, body: event.body }, 'event');
        warnAboutRefusal(event, log);
        sync?.eventAppended();
        onEvent?.(event);
      },
    },
    stored?.snapshot ?? null,
  );
  report = terminal.report;
  passed = (personId) => terminal.passed(personId);
  for (const occurrence of early) terminal.note(occurrence);
  early = null;
  reportStart({ terminal, stored, hasHub: keyring !== null, pack: pack.name }, log);
  const access = await openTerminalAccess({ config, terminal, journal, clock, log });
  closers.add(() => access.close());

  if (keyring !== null) {
    const opened = await openTerminalSync({
      config,
      keyring,
      terminal,
      journal,
      store,
      access,
      pack: pack.name,
      verbs: terminalVerbs({
        door,
        health: () =>
          terminalHealth({ terminal, journal, clock, pack: pack.name, dataFolder: config.dataFolder, lookingForMs }),
      }),
      log,
    });
    closers.add(() => opened.close());
    sync = opened;
  }
  const pruning = setInterval(() => void prune({ journal, access, config }, log), pruneEveryMs);
  closers.add(() => clearInterval(pruning));

  return {
    terminal,
    journal,
    hasLivenessNetworks: pack.liveness !== undefined,
    lookingForMs,
    run: (signal, hooks) =>
      run({ config, terminal, log, signal, hooks: { ...hooks, ...(visitors && { onStranger: visitors.remember }) } }),
    async close(cause) {
      await door?.lock(cause).catch(() => {});
      terminal.note({ kind: 'terminal.stopped', body: { cause } });
      await closers.closeAll();
    },
  };
}

/** The same vision, with a watch on how long it takes: a worker that hangs without dying is seen by nothing else. */
function timeLooks(vision: Vision, clock: Clock): { timed: Vision; lookingForMs: () => number } {
  let sinceMs: number | null = null;
  const timed: Vision = {
    model: vision.model,
    async see(frame, look) {
      sinceMs = clock.monotonicMs();
      try {
        return await vision.see(frame, look);
      } finally {
        sinceMs = null;
      }
    },
    close: () => vision.close(),
  };
  return { timed, lookingForMs: () => (sinceMs === null ? 0 : clock.monotonicMs() - sinceMs) };
}

async function openDoorOf(
  config: TerminalConfig,
  told: Pick<DoorSurroundings, 'report' | 'onPassed'>,
): Promise<Door | null> {
  if (config.door === undefined) return null;
  return openConfiguredDoor(config.door, { dataFolder: config.dataFolder, clock: systemClock, ...told });
}

/** The pack's data may not reach the site's target any more when the gallery has grown: that must not stay silent. */
function warnAboutShortfall({ shortfall }: Threshold, log: Logger): void {
  if (shortfall !== null) log.warn(`${shortfall.message} ${shortfall.hint ?? ''}`);
}

/**
 * Nobody new gets in while a gallery or rules are refused, and a command that is refused may be an attack: at a door far
 * from its hub only this log says so.
 */
function warnAboutRefusal({ kind, body }: LimenEvent, log: Logger): void {
  if (kind === 'command.refused') {
    const { code, why, verb } = body as EventBodies['command.refused'];
    log.warn({ code, verb }, `a command was refused: ${why}`);
  }
  if (kind !== 'gallery.refused' && kind !== 'access.rules-refused') return;
  const { code, reason, topic } = body as EventBodies['gallery.refused'];
  const what = kind === 'gallery.refused' ? 'the gallery' : 'who may pass';
  log.warn({ code, topic }, `refused, ${what} stays as it is: ${reason}`);
}

interface Started {
  readonly terminal: Terminal;
  readonly stored: StoredGallery | null;
  readonly hasHub: boolean;
  readonly pack: string;
}

function reportStart({ terminal, stored, hasHub, pack }: Started, log: Logger): void {
  const { gallery, threshold } = terminal.inForce;
  if (stored?.recoveredFrom) {
    // With a hub, the replica reads the same file and journals it.
    if (!hasHub) {
      const version = stored.snapshot.version;
      terminal.note({ kind: 'gallery.recovered', body: { ...stored.recoveredFrom, version } });
    }
    log.error({ ...stored.recoveredFrom }, 'the gallery file was damaged; the generation before it is in use');
  }
  if (stored !== null && !terminal.takes(stored.snapshot)) {
    const reason = `The stored gallery was made by ${stored.snapshot.embedder}, this terminal's pack has ${gallery.embedder}.`;
    terminal.note({
      kind: 'gallery.refused',
      body: { code: 'template.foreign-embedder', reason, topic: 'gallery.json' },
    });
    log.error("Nobody is known until the hub has enrolled them with this terminal's pack, or the old pack is back.");
  }
  terminal.note({
    kind: 'terminal.started',
    body: {
      version: packageVersion(),
      pack,
      embedder: gallery.embedder,
      galleryVersion: gallery.version,
      people: gallery.people.size,
    },
  });
  warnAboutShortfall(threshold, log);
}

interface RunParts {
  readonly config: TerminalConfig;
  readonly terminal: Terminal;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly hooks: WatchHooks & Pick<JourneyParts, 'onStranger'>;
}

async function run({ config, terminal, log, signal, hooks }: RunParts): Promise<void> {
  const driver = await openCamera(config.camera);
  const mayEnd = config.camera.driver === 'replay' && !config.camera.loop;
  const camera: Camera = superviseCamera(driver, { report: terminal.report, clock: systemClock, mayEnd });
  while (!signal.aborted) {
    try {
      await terminal.watch(camera, signal, hooks);
      if (mayEnd) return;
    } catch (error) {
      // What cannot be written down opens nothing; the door stays at rest until the disk has room again.
      if (!isLimenError(error, 'disk.full') && !isLimenError(error, 'journal.failed')) throw error;
      log.error({ code: error.code, hint: error.hint }, error.message);
      await delay(journalRetryMs, undefined, { signal }).catch(() => {});
    }
  }
}

interface Prunable {
  readonly journal: Journal;
  readonly access: TerminalAccess;
  readonly config: TerminalConfig;
}

async function prune({ journal, access, config }: Prunable, log: Logger): Promise<void> {
  // What the rules have to remember must not go with the rows; while that cannot be kept, the rows stay.
  const kept = await access.save().then(
    () => true,
    (error: unknown) => {
      log.error({ code: isLimenError(error) ? error.code : undefined }, messageOf(error));
      return false;
    },
  );
  if (!kept) return;
  const before = new Date(Date.now() - config.journal.retentionDays * 86_400_000);
  attempt(log, () => journal.prune(before));
}

function attempt(log: Logger, work: () => void): void {
  try {
    work();
  } catch (error) {
    log.error({ code: error instanceof LimenError ? error.code : undefined }, messageOf(error));
  }
}
