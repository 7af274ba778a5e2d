import type { TerminalConfig } from './config/schema.ts';
import { type Daemon, openDaemon } from './daemon.ts';
import type { FinalVerdict } from './domain/verdict.ts';
import { slowMatcherReason } from './gallery/wasm-matcher.ts';
import { createLogger, type Logger } from './runtime/logger.ts';
import { packageVersion } from './runtime/package-root.ts';
import { RecentTrouble } from './runtime/recent-trouble.ts';
import { notifySystemd } from './runtime/systemd.ts';

/** A frame that takes longer than this has hung the vision worker; the watchdog then restarts the service. */
const longestLookMs = 20_000;

/**
 * Run a terminal under systemd or by hand until `signal` aborts, or until a changed configuration needs a new process.
 * `reread` reads its file again.
 *
 * @throws LimenError when it cannot start or go on.
 */
export async function serveTerminal(
  config: TerminalConfig,
  signal: AbortSignal,
  reread: () => TerminalConfig = () => config,
): Promise<'ended' | 'restart'> {
  const trouble = new RecentTrouble();
  const log = createLogger({ ...config.log, trouble });
  let lookingForMs = () => 0;
  let inForce = () => config;
  const notifier = notifySystemd({
    healthy: () => lookingForMs() < longestLookMs,
    onError: (error) => log.warn({ error }, 'systemd could not be told'),
  });
  const onOpened = (daemon: Daemon) => {
    lookingForMs = daemon.lookingForMs;
    inForce = () => daemon.config;
  };
  try {
    // A change of the pack is a new start of everything within the process.
    for (;;) {
      const why = await serveOnce(inForce(), { signal, log, trouble, notifier, onOpened, reread });
      if (why !== 'pack-ready') return why;
      lookingForMs = () => 0;
    }
  } finally {
    await notifier.stopping();
  }
}

interface Service {
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly trouble: RecentTrouble;
  readonly notifier: ReturnType<typeof notifySystemd>;
  readonly onOpened: (daemon: Daemon) => void;
  readonly reread: () => TerminalConfig;
}

async function serveOnce(
  config: TerminalConfig,
  { signal, log, trouble, notifier, onOpened, reread }: Service,
): Promise<'ended' | 'pack-ready' | 'restart'> {
  const startMs = performance.now();
  const daemon = await openDaemon({ config, log, trouble, reread, supervised: notifier.supervised });
  onOpened(daemon);
  const { packReady, restartWanted } = daemon;
  let ended = false;
  const cause = () => {
    if (signal.aborted) return String(signal.reason);
    if (restartWanted.aborted) return 'reload';
    return packReady.aborted ? 'pack-ready' : ended ? 'ended' : 'failed';
  };
  try {
    const { gallery, threshold } = daemon.terminal.inForce;
    const readyMs = Math.round(performance.now() - startMs);
    log.info(
      {
        terminal: config.terminal,
        version: packageVersion(),
        people: gallery.people.size,
        threshold: threshold.threshold,
      },
      `ready after ${readyMs} ms`,
    );
    warnAboutLiveness(config, daemon, log);
    warnAboutMatcher(log);
    await notifier.ready(`${config.terminal}: ${gallery.people.size} people`);
    // A pulse that is running ends now, not when camera and vision have let go.
    signal.addEventListener('abort', () => void daemon.terminal.door?.lock('stopping').catch(() => {}), { once: true });
    await daemon.run(AbortSignal.any([signal, packReady, restartWanted]), {
      onVerdict: (verdict) => logVerdict(verdict, log),
    });
    ended = true;
    if (signal.aborted) return 'ended';
    return restartWanted.aborted ? 'restart' : packReady.aborted ? 'pack-ready' : 'ended';
  } finally {
    await daemon.close(cause());
    log.info(config.door === undefined ? 'stopped' : 'stopped, the door is at rest');
  }
}

function warnAboutLiveness({ recognition }: TerminalConfig, { hasLivenessNetworks }: Daemon, log: Logger): void {
  if (recognition.liveness === 'off') {
    log.warn('recognition.liveness is off: a photograph of an enrolled person can pass here.');
  } else if (!hasLivenessNetworks) {
    log.warn(
      'Liveness is judged by the surroundings of a face only: `limen models add minifasnet` fetches networks for it.',
    );
  }
}

function warnAboutMatcher(log: Logger): void {
  const reason = slowMatcherReason();
  if (reason !== null) log.warn(`Matching runs in plain TypeScript, dozens of times slower: ${reason}.`);
}

function logVerdict(verdict: FinalVerdict, log: Logger): void {
  const { distance, margin, framesUsed, elapsedMs } = verdict.evidence;
  const numbers = { distance, margin, framesUsed, elapsedMs };
  if (verdict.kind === 'grant') log.info(numbers, `granted: ${verdict.personId}`);
  else log.info(numbers, `refused: ${verdict.reason}`);
}
