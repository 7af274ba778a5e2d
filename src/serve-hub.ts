import { setTimeout as delay } from 'node:timers/promises';
import type { HubConfig } from './config/schema.ts';
import { serveConsole } from './hub-console.ts';
import { type HubDaemon, openHubDaemon } from './hub-daemon.ts';
import { serveMoves } from './move-service.ts';
import { servePayrolls } from './payroll-service.ts';
import { Closers } from './runtime/closers.ts';
import { createLogger, type Logger } from './runtime/logger.ts';
import { packageVersion } from './runtime/package-root.ts';
import { notifySystemd } from './runtime/systemd.ts';

/**
 * Run a hub under systemd or by hand until `signal` aborts.
 *
 * @param configFile what the configuration was read from, for the console to change it
 */
export async function serveHub(
  config: HubConfig,
  { signal, configFile }: { readonly signal: AbortSignal; readonly configFile?: string },
): Promise<void> {
  const log = createLogger(config.log);
  const notifier = notifySystemd({ onError: (error) => log.warn({ error }, 'systemd could not be told') });
  const closers = new Closers();
  let isOpen = false;
  let isServing = false;
  const opened = async () => {
    const daemon = await openHubDaemon({ config, log });
    closers.add(() => daemon.close());
    isOpen = true;
    watch(daemon, log);
    const { store, keyring: keys } = daemon;
    const payroll = await servePayrolls(config, { store, keys }, log);
    closers.add(() => payroll?.close());
    const moves = serveMoves(daemon, log);
    closers.add(() => moves.close());
    const people = await daemon.hub.people();
    log.info({ site: config.site, version: packageVersion(), people: people.length }, 'ready');
    await notifier.ready(`${config.site}: ${people.length} people`);
    return daemon;
  };
  try {
    const served = await serveConsole(config, { configFile, log, openHub: opened });
    if (served === null) await opened();
    else closers.add(() => served.close());
    // A hub that was never set up is ready to be, and systemd must not take it for one that hangs.
    if (!isOpen) await notifier.ready(`${config.site}: to be set up at ${served?.url}`);
    isServing = true;
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  } finally {
    await notifier.stopping();
    await closers.closeAll();
    if (isServing) log.info('stopped');
  }
}

/** Say in the log what an administrator should know. */
function watch({ hub, link, broker }: HubDaemon, log: Logger): void {
  if (broker !== null) log.info(`embedded broker on ${broker.url}`);
  link.onState((state) => {
    if (state.online) log.info(`connected to ${link.url}`);
    else if (state.reason !== 'not connected yet')
      log.warn(`the broker ${link.url} cannot be reached: ${state.reason}`);
  });
  hub.onEvent(({ terminal, seq, kind, body }) => {
    // What carries a code is trouble at that terminal, and whoever reads this log is the one to mend it.
    if ('code' in body) log.warn({ terminal, seq, ...body }, kind);
    else log.info({ terminal, seq }, kind);
  });
}

/** How long a command waits for the broker before it leaves publishing to the running hub. */
const patienceMs = 3000;

/**
 * Change something in the hub's books from a command, beside a hub that may be running: both use the same database and
 * the same broker. Where the broker cannot be reached, the change is published when the hub runs.
 */
export async function withHub<T>(
  config: HubConfig,
  work: (daemon: HubDaemon) => Promise<T>,
  { changingEmbedder = false }: { changingEmbedder?: boolean } = {},
): Promise<T> {
  const log = createLogger({ ...config.log, level: 'warn' });
  const daemon = await openHubDaemon({ config, log, embedBroker: false, changingEmbedder });
  try {
    const deadline = performance.now() + patienceMs;
    while (!daemon.link.state.online && performance.now() < deadline) await delay(50);
    return await work(daemon);
  } finally {
    await daemon.close();
  }
}
