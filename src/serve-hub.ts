import { setTimeout as delay } from 'node:timers/promises';
import type { HubConfig } from './config/schema.ts';
import { type HubDaemon, openHubDaemon } from './hub-daemon.ts';
import { servePayrolls } from './payroll-service.ts';
import { createLogger } from './runtime/logger.ts';
import { packageVersion } from './runtime/package-root.ts';
import { notifySystemd } from './runtime/systemd.ts';

/** Run a hub under systemd or by hand until `signal` aborts. */
export async function serveHub(config: HubConfig, signal: AbortSignal): Promise<void> {
  const log = createLogger(config.log);
  const daemon = await openHubDaemon({ config, log });
  const notifier = notifySystemd({ onError: (error) => log.warn({ error }, 'systemd could not be told') });
  let payroll: { close(): Promise<void> } | null = null;
  try {
    if (daemon.broker !== null) log.info(`embedded broker on ${daemon.broker.url}`);
    daemon.link.onState((state) => {
      if (state.online) log.info(`connected to ${daemon.link.url}`);
      else if (state.reason !== 'not connected yet')
        log.warn(`the broker ${daemon.link.url} cannot be reached: ${state.reason}`);
    });
    daemon.hub.onEvent(({ terminal, seq, kind, body }) => {
      // What carries a code is trouble at that terminal, and whoever reads this log is the one to mend it.
      if ('code' in body) log.warn({ terminal, seq, ...body }, kind);
      else log.info({ terminal, seq }, kind);
    });
    payroll = await servePayrolls(config, { store: daemon.store, keys: daemon.keyring }, log);
    const people = await daemon.hub.people();
    log.info({ site: config.site, version: packageVersion(), people: people.length }, 'ready');
    await notifier.ready(`${config.site}: ${people.length} people`);
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  } finally {
    await notifier.stopping();
    await payroll?.close();
    await daemon.close();
    log.info('stopped');
  }
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
