import type { Camera } from './camera/camera.ts';
import { shownCamera } from './camera/shown.ts';
import type { TerminalConfig } from './config/schema.ts';
import type { Clock } from './domain/clock.ts';
import type { LimenEvent } from './domain/event.ts';
import { hasFace } from './domain/person.ts';
import type { Journal } from './journal/journal.ts';
import type { ShownKey } from './kiosk/message.ts';
import { workerEncoder } from './kiosk/picture-encoder.ts';
import { PictureFeed } from './kiosk/picture-feed.ts';
import { PinPad } from './kiosk/pin-pad.ts';
import { PunchHistory } from './kiosk/punch-history.ts';
import { ScreenDesk } from './kiosk/screen-desk.ts';
import { createScreenServer, listenForEver } from './kiosk/server.ts';
import { loadWords } from './kiosk/words.ts';
import type { JourneyParts } from './pipeline.ts';
import type { PunchClock } from './punch/punch-clock.ts';
import { Closers } from './runtime/closers.ts';
import type { Logger } from './runtime/logger.ts';
import { systemTimers } from './runtime/timers.ts';
import type { Terminal } from './terminal.ts';
import type { TerminalAccess } from './terminal-access.ts';
import type { WatchHooks } from './terminal-watch.ts';

/** The screen of a terminal that runs, and what it wants to be told of. */
export interface TerminalScreen {
  readonly hooks: Required<Pick<JourneyParts, 'onSeen' | 'onVerdict'>>;
  /** Where it is, once it listens; `null` when it was closed before that. */
  readonly url: Promise<string | null>;
  /** The same camera, with its pictures on the screen. */
  show(camera: Camera): Camera;
  event(event: LimenEvent): void;
  close(): Promise<void>;
}

/** The time clock behind the keys of the screen. */
type ScreenClock = Pick<PunchClock, 'choice' | 'watch'>;

export interface TerminalScreenOptions {
  readonly config: TerminalConfig;
  readonly terminal: Terminal;
  readonly access: TerminalAccess;
  readonly journal: Pick<Journal, 'latestOf'>;
  /** `null` where there is none. */
  readonly punches: ScreenClock | null;
  /** Whether the broker can be reached; `null` where there is none. */
  readonly online: () => boolean | null;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Looked at again this often, for what nobody tells of: the state of a door, whoever is waited for. */
const refreshEveryMs = 500;
const rememberedPunches = 2000;

/**
 * Serve the screen of a terminal; `null` where the configuration has none. It listens when it can: a port that somebody else
 * holds keeps nobody out.
 *
 * @throws LimenError as `loadWords` does.
 */
export async function openTerminalScreen(options: TerminalScreenOptions): Promise<TerminalScreen | null> {
  const { config, terminal, access, journal, punches, online, clock, log } = options;
  const { screen, mode } = config;
  if (screen === undefined) return null;
  const words = loadWords(screen, (keys) =>
    log.warn({ keys }, `screen.languageFile leaves out ${keys.length} sentences: those are English`),
  );
  const history = new PunchHistory(journal.latestOf(['punch.recorded'], rememberedPunches));
  const feed = screen.picture ? new PictureFeed({ encoder: workerEncoder(), nowMs: () => clock.monotonicMs() }) : null;
  const pad = new PinPad({
    take: ({ personId, digits }) =>
      access.take(personId === undefined ? { kind: 'pin', digits } : { kind: 'claim', personId, digits }),
    onRefused: () => desk.refused(),
  });
  const desk: ScreenDesk = new ScreenDesk({
    ...{ mode, names: screen.names, clock, timers: systemTimers },
    facts: () => ({
      door: terminal.door?.status ?? null,
      online: online(),
      awaited: awaitedBy(access),
      chosen: punches?.choice.current?.name ?? null,
    }),
    punchesOf: (personId) => history.of(personId),
    tell: (message) => server.tell(message),
    refusalsWait: () => pad.busy,
  });
  const server = await createScreenServer({
    setup: {
      ...{ terminal: config.terminal, mode, picture: screen.picture, sounds: screen.sounds, pinPad: screen.pinPad },
      ...{ keys: shownKeys(punches), timeZone: access.guard.parts.rules.current.timeZone ?? null, words },
    },
    greeting: () => [desk.state],
    feed,
    enter: (typed) => pad.enter(typed),
    press: (key) => void punches?.choice.choose(key),
    log,
  });
  punches?.watch((outcome) => desk.punch(outcome));
  punches?.choice.watch(() => desk.refresh());
  const closers = new Closers();
  const leaving = new AbortController();
  closers.add(() => feed?.close());
  closers.add(() => server.close());
  closers.add(() => desk.close());
  closers.add(() => leaving.abort());
  const refreshing = setInterval(() => desk.refresh(), refreshEveryMs);
  closers.add(() => clearInterval(refreshing));
  const url = listenForEver(server, screen, { log, signal: leaving.signal });

  return {
    url,
    hooks: {
      onSeen: (seen, track, verdict) =>
        desk.seen(
          seen,
          track && {
            guidance: verdict?.kind === 'undecided' ? verdict.guidance : null,
            rests: clock.monotonicMs() < track.restsUntilMs,
          },
        ),
      onVerdict: (verdict) => desk.verdict(verdict),
    },
    show: (camera) => (feed === null ? camera : shownCamera(camera, feed.offer)),
    event(event) {
      history.take(event);
      pad.event(event);
      desk.event(event);
    },
    close: () => closers.closeAll(),
  };
}

/** What the camera shows goes to the screen, if there is one, and to whoever else wants to be told. */
export function withScreen(screen: TerminalScreen | null, hooks: WatchHooks = {}): WatchHooks {
  if (screen === null) return hooks;
  return {
    ...hooks,
    onSeen(...seen) {
      screen.hooks.onSeen(...seen);
      hooks.onSeen?.(...seen);
    },
    onVerdict(verdict) {
      screen.hooks.onVerdict(verdict);
      hooks.onVerdict?.(verdict);
    },
  };
}

/** Without what the screen does not need to know. */
function shownKeys(punches: ScreenClock | null): ShownKey[] {
  return (punches?.choice.keys ?? []).map(({ name, label, direction }) => ({ name, label, direction }));
}

function awaitedBy({ guard: { awaited } }: TerminalAccess) {
  return awaited && { claimed: awaited.evidence === null && hasFace(awaited.person), untilMs: awaited.untilMs };
}
