import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { sql } from 'kysely';
import { openHubStore } from '../../src/hub/hub-store.ts';
import type { Journal } from '../../src/journal/journal.ts';
import { openJournal } from '../../src/journal/open-journal.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { newSession, statusPublisher } from '../../src/sync/status.ts';
import { freshKeys, type SiteKeys } from './keys.ts';
import { brokerOf, startHub, startTerminal, type TestBroker, type TestHub } from './site.ts';
import { temporaryFolder } from './sync.ts';

/** A broker, and a folder with the books and journals of a site. */
export interface Site {
  readonly broker: TestBroker;
  readonly keys: SiteKeys;
  readonly folder: string;
}

/** A site with nobody in it yet. */
export async function siteOnDisk(t: ExecutionContext): Promise<Site> {
  const broker = await brokerOf(t, 'aedes 3.1.1');
  if (broker === null) throw new Error('the embedded broker is always there');
  await broker.start();
  return { broker, keys: await freshKeys(t), folder: await temporaryFolder(t) };
}

/** A hub whose books are in this file. */
export async function hubOf(t: ExecutionContext, { broker, keys, folder }: Site, file: string): Promise<TestHub> {
  const store = await openHubStore(join(folder, file));
  const running = await startHub(t, { broker, keys, store });
  const stop = async () => {
    await running.stop();
    await store.close();
  };
  t.teardown(() => store.close().catch(() => {}));
  return { ...running, stop };
}

/** The books as they are now, in a file of their own. */
export async function backUp({ store }: TestHub, { folder }: Site, from: string, to: string): Promise<void> {
  await sql`pragma wal_checkpoint(truncate)`.execute(store.db);
  copyFileSync(join(folder, from), join(folder, to));
}

/** A terminal that says how it is, with its journal in this file. */
export async function terminalOf(t: ExecutionContext, { broker, keys, folder }: Site, file: string) {
  const journal = openJournal({ file: join(folder, file), terminal: 'door-1', clock: systemClock });
  t.teardown(() => journal.close());
  const terminal = await startTerminal(t, { broker, keys, journal, onResend: () => status.changed() });
  const keyring = await keys.terminal('door-1');
  const status = statusPublisher({
    ...{
      site: 'plant',
      terminal: 'door-1',
      link: terminal.link,
      clock: systemClock,
      software: '0',
      pack: 'p',
      journal,
    },
    ...{ session: newSession(), sealer: await keys.sealer('door-1') },
    keys: () => keyring.held,
    gallery: () => null,
    door: () => null,
  });
  const punch = (count: number) => {
    for (let i = 0; i < count; i++) {
      const body = { personId: 'ada', name: 'Ada', direction: i % 2 ? 'out' : 'in' };
      journal.append({ kind: 'punch.recorded', body: body as never });
      terminal.uplink.wake();
    }
    status.changed();
  };
  // A real one says so every ten seconds.
  const beating = setInterval(status.changed, 200);
  const stop = async () => {
    clearInterval(beating);
    await status.close();
    await terminal.stop();
    journal.close();
  };
  t.teardown(() => {
    clearInterval(beating);
    return status.close();
  });
  return { journal, punch, status, stop, link: terminal.link };
}

/** All numbers from one to another. */
export const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** The numbers of the events and punches in the books. */
export async function storedIn({ store }: TestHub) {
  const events = await store.db.selectFrom('events').select('seq').orderBy('seq').execute();
  const punches = await store.db.selectFrom('punches').select('seq').orderBy('seq').execute();
  return { events: events.map(({ seq }) => seq), punches: punches.map(({ seq }) => seq) };
}

/** Whether the hub has everything. */
export const isThrough = (journal: Journal) => () => journal.acknowledgedSeq === journal.lastSeq;
