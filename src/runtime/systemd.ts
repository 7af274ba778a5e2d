import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** One `systemd-notify` gets this long, since systemd itself may hang. */
const patienceMs = 10_000;

/** How a service tells systemd about itself. Every method does nothing outside systemd, and none of them throws. */
export interface ServiceNotifier {
  /** Somebody is there who starts the service again. */
  readonly supervised: boolean;
  /**
   * The service serves. From here on the watchdog is fed, as long as `healthy` says so. Resolves after the first try:
   * systemd kills what it never hears this of, so it is tried again until it was heard, or the service stops.
   */
  ready(status?: string): Promise<void>;
  /** One line for `systemctl status`. */
  status(text: string): Promise<void>;
  /** The service is on its way out. The watchdog is no longer fed. */
  stopping(): Promise<void>;
}

/** What {@link notifySystemd} needs. */
export interface NotifyOptions {
  /**
   * Is the service doing its work? Asked before each watchdog ping; the ping itself proves that the main loop runs.
   * While it says no, or throws, systemd hears nothing, and restarts the service after WatchdogSec.
   */
  readonly healthy?: () => boolean | Promise<boolean>;
  /** Where NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID are read. */
  readonly environment?: NodeJS.ProcessEnv;
  /** How long to wait before READY is tried a second time, longer with every try. Default 1 s. */
  readonly retryMs?: number;
  /** Told when systemd cannot be reached, for the log. */
  readonly onError?: (error: unknown) => void;
}

/**
 * Speak systemd's notification protocol (sd_notify(3)). Node has no AF_UNIX datagram sockets and limen wants no native
 * module for this, so the words go through `systemd-notify`, without a shell; the unit says NotifyAccess=all for it.
 *
 * There is deliberately no handler for SIGABRT, by which the watchdog ends a hung service: one in JavaScript would
 * never run, and the service would stay in "stop-watchdog".
 */
export function notifySystemd(options: NotifyOptions = {}): ServiceNotifier {
  const { healthy = () => true, environment = process.env, retryMs = 1000, onError = () => {} } = options;
  /** Returns whether nobody is left to be told. */
  const send = async (words: readonly string[], withinMs = patienceMs) => {
    if (!environment.NOTIFY_SOCKET) return true;
    try {
      await run('systemd-notify', words, { env: environment, timeout: withinMs });
      return true;
    } catch (error) {
      onError(error);
      return false;
    }
  };
  const ping = async () => {
    if (await healthy()) await send(['WATCHDOG=1']);
  };
  let statusWords: readonly string[] = [];
  let isStopping = false;
  let retry: NodeJS.Timeout | undefined;
  // Each try is given more time than the one before: on a slow machine, starting a process alone may take too long.
  const announce = async (tries = 1): Promise<void> => {
    clearTimeout(retry);
    if ((await send(['READY=1', ...statusWords], tries * patienceMs)) || isStopping) return;
    clearTimeout(retry);
    retry = setTimeout(() => void announce(tries + 1), tries * retryMs).unref();
  };
  let watchdog: NodeJS.Timeout | undefined;
  return {
    supervised: Boolean(environment.NOTIFY_SOCKET),
    ready: async (status) => {
      if (status !== undefined) statusWords = [`STATUS=${oneLine(status)}`];
      await announce();
      const everyMs = watchdogIntervalMs(environment);
      if (everyMs === null || watchdog !== undefined) return;
      // The watchdog keeps a working service alive; it is no reason for the process to stay.
      watchdog = setInterval(() => ping().catch(onError), everyMs).unref();
    },
    status: async (text) => {
      statusWords = [`STATUS=${oneLine(text)}`];
      await send(statusWords);
    },
    stopping: async () => {
      isStopping = true;
      clearTimeout(retry);
      clearInterval(watchdog);
      await send(['STOPPING=1']);
    },
  };
}

/** Half of what systemd allows (sd_watchdog_enabled(3)), or `null` where no watchdog watches this very process. */
export function watchdogIntervalMs(environment: NodeJS.ProcessEnv = process.env): number | null {
  const microseconds = Number(environment.WATCHDOG_USEC);
  const meantForUs = !environment.WATCHDOG_PID || Number(environment.WATCHDOG_PID) === process.pid;
  if (!environment.NOTIFY_SOCKET || !meantForUs || !(microseconds > 0)) return null;
  return Math.max(1, Math.floor(microseconds / 2000));
}

/** A line break would start another assignment of the protocol. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}
