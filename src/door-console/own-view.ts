import type { Heard, TerminalView } from '../console/answers/terminals.ts';
import { worriesOf } from '../console/worries.ts';
import { packageVersion } from '../runtime/package-root.ts';
import type { OwnTerminal } from './own-terminal.ts';

/** The terminal as its own console shows it. */
export interface OwnView {
  /** As it is now, with the numbers that were read last. */
  readonly now: TerminalView;
  /** The same, with numbers read just now. */
  look(): Promise<TerminalView>;
  /** Something happened that may have changed it. */
  noticed(): void;
  /** Whether somebody wants to be told: while nobody does, nothing is read. */
  watched(isWatched: boolean): void;
  close(): void;
}

/** What is told to whoever watches. */
export interface OwnViewOptions {
  readonly onChange: (view: TerminalView) => void;
  readonly onHeard: (heard: Heard) => void;
}

/** As often as a terminal tells its hub. */
const heardEveryMs = 10_000;
/** What nobody tells of is seen this soon. */
const lookEveryMs = 2000;
/** A room says what it does, and then is in its new state. */
const settleMs = 50;

/** Look at a terminal from within. */
export function ownView(terminal: OwnTerminal, { onChange, onHeard }: OwnViewOptions): OwnView {
  let heard: Heard | null = null;
  let said = '';
  let timers: NodeJS.Timeout[] = [];
  let settling: NodeJS.Timeout | undefined;
  const hear = async () => {
    const vitals = await terminal.vitals();
    heard = { at: terminal.clock.now().toISOString(), clockAheadMs: null, vitals };
    return heard;
  };
  const view = () => viewOf(terminal, heard);
  const tell = () => {
    const here = view();
    const now = JSON.stringify({ ...here, heard: null });
    if (now === said) return;
    said = now;
    onChange(here);
  };
  const beat = () =>
    void hear().then((now) => {
      if (timers.length === 0) return;
      onHeard(now);
      tell();
    });
  const stop = () => {
    for (const timer of timers) clearInterval(timer);
    timers = [];
    clearTimeout(settling);
    settling = undefined;
  };
  return {
    get now() {
      return view();
    },
    async look() {
      await hear();
      return view();
    },
    noticed() {
      if (timers.length === 0) return;
      settling ??= setTimeout(() => {
        settling = undefined;
        tell();
      }, settleMs);
    },
    watched(isWatched) {
      stop();
      if (!isWatched) return;
      timers = [setInterval(tell, lookEveryMs), setInterval(beat, heardEveryMs)];
      beat();
    },
    close: stop,
  };
}

function viewOf(
  { config, clock, door, gallery, hub, journal, pack, since }: OwnTerminal,
  heard: Heard | null,
): TerminalView {
  const { version, people } = gallery();
  const status = {
    ...{ since, pack, software: packageVersion(), clock: clock.quality() },
    ...{ door: door?.state ?? null, lockdown: door?.status.lockdown ?? false },
    ...{ galleryVersion: version, people: people.size },
    waitingEvents: hub === null ? 0 : Math.max(0, journal.lastSeq - journal.acknowledgedSeq),
  };
  return {
    ...{ id: config().terminal, provisionedAt: hub?.provisionedAt ?? null, revokedAt: null, holdsKeys: true },
    ...{
      presence: 'online',
      status,
      heard,
      headVersion: hub?.headVersion() ?? version,
      toHub: hub?.isOnline() ?? null,
    },
    worries: heard === null ? [] : worriesOf(heard, status),
  };
}
