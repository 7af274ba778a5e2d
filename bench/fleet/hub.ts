import { writeFileSync } from 'node:fs';
import { openHub } from '../../src/hub/hub.ts';
import { openHubStore } from '../../src/hub/hub-store.ts';
import { provisionTerminal } from '../../src/hub/provision.ts';
import { terminalBooks } from '../../src/hub/terminal-books.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { openMqttLink } from '../../src/sync/mqtt-link.ts';
import type { Provisioning } from '../../src/sync/provisioning.ts';
import { topicsOf } from '../../src/sync/topics.ts';
import { keysOf, say, site } from '../sync/party.ts';
import { fill, personId } from '../sync/people.ts';
import { fleetTask, keysFileOf, terminalId } from './party.ts';

/** The whole hub of a fleet: it publishes, takes events in and hears every status. Only pictures it never sees. */

const job = fleetTask();
const store = await openHubStore(`${job.folder}/hub.db`);
await fill(store.db, job.people);
const keys = await keysOf(job);
const books = terminalBooks(store.db);
const broker = { url: job.url, protocol: '3.1.1' } as const;
const documents: Provisioning['keys'][] = [];
for (let n = 0; n < job.terminals; n++) {
  const common = { site, terminal: terminalId(n), broker, keyring: keys, books, clock: systemClock };
  await provisionTerminal(common, async (document) => void documents.push(document.keys));
}
writeFileSync(keysFileOf(job), JSON.stringify(documents), { mode: 0o600 });

const link = openMqttLink({ url: job.url, clientId: 'hub' });
const unseeing = () => Promise.reject(new Error('this hub is shown no pictures'));
const hub = await openHub({
  ...{ site, link, store, keys, clock: systemClock },
  vision: { model: 'bench/1', see: unseeing, close: async () => {} },
  headLifetimeMs: 86_400_000 * 30,
  onNotice: ({ message }) => console.error(message),
});
await link.subscribe(topicsOf(site).head, ({ retained }) => {
  if (!retained) say({ kind: 'published' });
});
let events = 0;
hub.onEvent(() => events++);

process.on('message', async ({ change }: { change?: number }) => {
  if (change === undefined) return say({ kind: 'events', events });
  const changedAtMs = performance.timeOrigin + performance.now();
  const { version } = await hub.change(personId(change), { name: `Changed ${changedAtMs}` });
  say({ kind: 'changed', version, changedAtMs });
});
process.once('disconnect', () => process.exit(0));
