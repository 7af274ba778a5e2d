import { join } from 'node:path';
import { changeDistanceOf, trackedBy } from './access/policy.ts';
import { openGalleryStore, openVision } from './compose.ts';
import type { TerminalConfig } from './config/schema.ts';
import { messageOf } from './domain/errors.ts';
import type { LimenEvent } from './domain/event.ts';
import { embeddersOf } from './gallery/embedders.ts';
import type { Journal } from './journal/journal.ts';
import { openJournal } from './journal/open-journal.ts';
import { JourneyFigures } from './journey-figures.ts';
import type { PunchClock } from './punch/punch-clock.ts';
import { systemClock, watchSystemClock } from './runtime/clock.ts';
import { watchClockSteps } from './runtime/clock-steps.ts';
import { clockMemory, clockMemoryFile } from './runtime/clock-trust.ts';
import { Closers } from './runtime/closers.ts';
import { openDataFolder } from './runtime/data-folder.ts';
import type { Logger } from './runtime/logger.ts';
import type { RecentTrouble } from './runtime/recent-trouble.ts';
import { Terminal } from './terminal.ts';
import { openTerminalAccess, type TerminalAccess } from './terminal-access.ts';
import { terminalVerbs } from './terminal-commands.ts';
import { openTerminalConsole, type TerminalConsole } from './terminal-console.ts';
import { openTerminalDoor } from './terminal-door.ts';
import { projected, terminalEnrolment } from './terminal-enrolment.ts';
import { followFreshness } from './terminal-freshness.ts';
import { terminalHealth, terminalVitals } from './terminal-health.ts';
import { terminalIdentity } from './terminal-identity.ts';
import { choosePack } from './terminal-packs.ts';
import { pruneJournal } from './terminal-pruning.ts';
import { openTerminalPunch } from './terminal-punch.ts';
import { reloadConfig } from './terminal-reload.ts';
import { openTerminalScreen, type TerminalScreen, withScreen } from './terminal-screen.ts';
import { reportStart, warnAboutRefusal, warnAboutShortfall } from './terminal-start.ts';
import { openTerminalSync, type TerminalSync } from './terminal-sync.ts';
import { keepVisitors } from './terminal-visitors.ts';
import { type WatchHooks, watchCamera } from './terminal-watch.ts';
import { timeLooks } from './vision/timed-looks.ts';

/** A terminal with everything around it, ready to watch its camera. */
export interface Daemon {
  /** The one in force: a `reload` may have replaced what it was opened with. */
  readonly config: TerminalConfig;
  readonly terminal: Terminal;
  readonly journal: Journal;
  /** `null` where the configuration has no screen. */
  readonly screen: TerminalScreen | null;
  /** `null` where the configuration has no console. */
  readonly console: TerminalConsole | null;
  /** Where a screen presses keys and is told what was recorded; `null` where the terminal is no time clock. */
  readonly punches: PunchClock | null;
  /** Whether the pack in use can tell a live face from a picture of one. */
  readonly hasLivenessNetworks: boolean;
  /** How long the picture now being looked at has been looked at; 0 between pictures. */
  lookingForMs(): number;
  /** Aborts when everybody can be known by the next pack: close, open again, and it is in use. */
  readonly packReady: AbortSignal;
  /** Aborts when a changed configuration needs a new start of the process. */
  readonly restartWanted: AbortSignal;
  /** Watch the configured camera until `signal` aborts; survives a camera that dies and a disk that is full. */
  run(signal: AbortSignal, hooks?: Omit<WatchHooks, 'onStranger' | 'onTimes'>): Promise<void>;
  /** Door at rest first, then everything else, in the reverse order of opening. */
  close(cause: string): Promise<void>;
}

export interface DaemonOptions {
  readonly config: TerminalConfig;
  readonly log: Logger;
  /** What the log said last that should not have happened, for the hub's `diagnose`. */
  readonly trouble?: Pick<RecentTrouble, 'lines'>;
  readonly onEvent?: (event: LimenEvent) => void;
  /** Read the configuration again, for the hub's `reload`; left out, there is no file. @throws LimenError `config.*`. */
  readonly reread?: () => TerminalConfig;
  /** Somebody starts this process again when it leaves. */
  readonly supervised?: boolean;
}

/** The answer to the command goes out before the process leaves. */
const farewellMs = 1000;

const pruneEveryMs = 3_600_000;

/**
 * Open a terminal: data folder, door at rest, journal, gallery, vision, broker, in this order. Needs no network: a
 * broker that cannot be reached is tried again for ever, in the background.
 *
 * @throws LimenError with everything that was opened closed again, the door at rest.
 */
export async function openDaemon(options: DaemonOptions): Promise<Daemon> {
  const closers = new Closers();
  try {
    return await open(options, closers);
  } catch (error) {
    await closers.closeAll();
    throw error;
  }
}

async function open(options: DaemonOptions, closers: Closers): Promise<Daemon> {
  const { config, log, trouble = { lines: [] }, onEvent, reread = () => config, supervised = false } = options;
  const current = { config };
  const clock = systemClock;
  const folder = openDataFolder(config.dataFolder);
  closers.add(() => folder.close());

  // The door comes to rest before anything else is tried; what it has to say waits for the journal.
  const { door, reportTo } = await openTerminalDoor(config, log);
  if (door !== null) closers.add(() => door.close());

  // Before the journal, whose first events say what the clock is worth.
  const asking = new AbortController();
  closers.add(() => asking.abort());
  await watchSystemClock({ memory: clockMemory(clockMemoryFile(config.dataFolder)), signal: asking.signal });

  const keyring = await terminalIdentity(config);
  const file = join(config.dataFolder, 'journal.db');
  const journal = openJournal({ file, terminal: config.terminal, clock, onDamage: 'set-aside' });
  closers.add(() => journal.close());
  const store = await openGalleryStore(config.dataFolder);
  const stored = await store.read();
  const { recognition, awaited } = await choosePack(config.recognition, stored?.snapshot ?? null);
  const { vision, pack, projection, glimpses } = await openVision(recognition, {
    attention: { idleFps: recognition.idleFps },
  });
  closers.add(() => vision.close());

  const visitors = await keepVisitors({
    ...{ config, clock, log },
    ...{ projection, sameWithin: pack.calibration && changeDistanceOf(pack.calibration) },
  });
  closers.add(() => visitors?.close());

  let sync: TerminalSync | null = null;
  let screen: TerminalScreen | null = null;
  let ownConsole: TerminalConsole | null = null;
  const changing = new AbortController();
  const restarting = new AbortController();
  const surroundingsSuffice = pack.liveness === undefined;
  const enrolment = terminalEnrolment(vision, () => ({
    liveness: current.config.recognition.liveness,
    surroundingsSuffice,
    ...trackedBy(glimpses?.calibration ?? pack.calibration),
  }));
  const { timed, lookingForMs } = timeLooks(enrolment.vision, clock);
  const figures = new JourneyFigures(clock);
  const { dataFolder } = config;
  const since = clock.now().toISOString();
  const terminal = new Terminal(
    {
      vision: timed,
      calibration: pack.calibration,
      projection,
      glimpses,
      demands: { ...recognition, surroundingsSuffice },
      journal,
      clock,
      door,
      onGallery: ({ threshold }) => warnAboutShortfall(threshold, log),
      onUnrecorded: (error) => log.error({ error }, `an event could not be written down: ${messageOf(error)}`),
      onEvent: (event) => {
        log.debug({ seq: event.seq, kind: event.kind, body: event.body }, 'event');
        warnAboutRefusal(event, log);
        sync?.eventAppended();
        screen?.event(event);
        ownConsole?.event(event);
        onEvent?.(event);
      },
    },
    stored?.snapshot ?? null,
  );
  reportTo(terminal);
  reportStart({ terminal, stored, hasHub: keyring !== null, pack: pack.name }, log);
  const freshness = keyring === null ? null : await followFreshness({ config, terminal, stored, clock, log });
  closers.add(() => freshness?.close());
  const trust = () => freshness?.trust ?? 'full';
  const steps = watchClockSteps(clock, terminal.note);
  closers.add(() => steps.close());
  let access: TerminalAccess | null = null;
  const punch = await openTerminalPunch({
    ...{ config, terminal, journal, clock, log, lookAtClock: steps.look },
    rules: () => access?.guard.parts.rules.current ?? {},
  });
  closers.add(() => punch?.close());
  const guarded = await openTerminalAccess({
    ...{ config, terminal, journal, clock, log, trust },
    onKey: (code) => punch?.typed(code),
  });
  access = guarded;
  closers.add(() => guarded.close());
  const online = () => (keyring === null ? null : sync?.link.state.online === true);
  screen = await openTerminalScreen({
    ...{ config, terminal, journal, online, clock, log },
    access: guarded,
    punches: punch?.punches ?? null,
  });
  closers.add(() => screen?.close());

  const vitals = () => terminalVitals({ figures, dataFolder });
  const health = () =>
    terminalHealth({ ...{ terminal, journal, clock, pack: pack.name, dataFolder, lookingForMs, figures, trouble } });
  if (keyring !== null && freshness !== null) {
    const opened = await openTerminalSync({
      config,
      keyring,
      terminal,
      journal,
      store,
      access: guarded,
      freshness,
      onStored: (snapshot) => {
        if (awaited === null || changing.signal.aborted || !embeddersOf(snapshot).includes(awaited)) return;
        const body = { embedder: awaited, before: pack.embedder.id, version: snapshot.version };
        terminal.note({ kind: 'gallery.embedder-ready', body });
        changing.abort('the next pack is ready');
      },
      onErasing: (person) => visitors?.forget(person),
      pack: pack.name,
      vitals,
      verbs: terminalVerbs({
        door,
        resetPassback: (personId) =>
          terminal.report({ kind: 'access.reset', body: { what: 'anti-passback', personId, cause: 'command' } }),
        capture: (withinMs) => (projection === null ? enrolment.capture(withinMs) : Promise.reject(projected())),
        renewKeys: (command) => keyring.renew(command),
        reload: () =>
          reloadConfig({
            ...{ current, reread, terminal, log, surroundingsSuffice },
            restart: supervised
              ? () => {
                  const leaving = setTimeout(() => restarting.abort('a changed configuration'), farewellMs);
                  closers.add(() => clearTimeout(leaving));
                }
              : null,
          }),
        health,
      }),
      log,
    });
    closers.add(() => opened.close());
    // First: the commands that are being carried out are waited for.
    closers.add(() => enrolment.close());
    sync = opened;
  }
  ownConsole = openTerminalConsole({
    ...{ clock, log, journal, door, since, pack: pack.name, vitals, health },
    config: () => current.config,
    report: terminal.report,
    gallery: () => terminal.inForce.gallery,
    hub: keyring && {
      provisionedAt: keyring.document.issuedAt,
      headVersion: () => sync?.headVersion() ?? null,
      isOnline: () => online() === true,
    },
  });
  closers.add(() => ownConsole?.close());
  const pruning = setInterval(
    () => void pruneJournal({ journal, access: guarded, retentionDays: current.config.journal.retentionDays, log }),
    pruneEveryMs,
  );
  closers.add(() => clearInterval(pruning));

  return {
    get config() {
      return current.config;
    },
    terminal,
    journal,
    screen,
    console: ownConsole,
    punches: punch?.punches ?? null,
    hasLivenessNetworks: pack.liveness !== undefined,
    lookingForMs,
    packReady: changing.signal,
    restartWanted: restarting.signal,
    run: (signal, hooks) =>
      watchCamera({
        config,
        terminal,
        log,
        signal,
        show: (camera) => screen?.show(camera) ?? camera,
        hooks: figures.timing({
          ...withScreen(screen, hooks),
          ...(visitors && { onStranger: visitors.remember }),
        }),
      }),
    async close(cause) {
      await door?.lock(cause).catch(() => {});
      terminal.note({ kind: 'terminal.stopped', body: { cause } });
      await closers.closeAll();
    },
  };
}
