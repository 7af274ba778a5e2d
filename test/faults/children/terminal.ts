import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Occurrence } from '../../../src/domain/event.ts';
import { LowdbGalleryStore } from '../../../src/gallery/lowdb-store.ts';
import { openJournal } from '../../../src/journal/open-journal.ts';
import { SealedFile } from '../../../src/runtime/sealed-file.ts';
import { openCommandDesk } from '../../../src/sync/command-desk.ts';
import { opener } from '../../../src/sync/envelope.ts';
import { openGalleryReplica } from '../../../src/sync/replica.ts';
import { followRules, type HubRules } from '../../../src/sync/rules-replica.ts';
import { terminalSealer } from '../../../src/sync/terminal-envelope.ts';
import { openTerminalKeyring } from '../../../src/sync/terminal-keyring.ts';
import { openUplink } from '../../../src/sync/uplink.ts';
import { watchedVerbs } from '../../support/commands.ts';
import { clock, endWithParent, folder, isEvening, linkAs, name, say, site } from './site.ts';

/** The broker's side of a terminal, on its real files, with a door at which something always happens. */
endWithParent();
const own = join(folder, name);
const keys = (await openTerminalKeyring({ site, terminal: name, dataFolder: own }))!;
const journal = openJournal({ file: join(own, 'journal.db'), terminal: name, clock, onDamage: 'set-aside' });
const store = new LowdbGalleryStore({ file: join(own, 'gallery.json'), key: Buffer.alloc(32, 7) });
const rulesFile = new SealedFile({ file: join(own, 'rules.sealed'), purpose: 'rules', key: Buffer.alloc(32, 7) });
const rules = await rulesFile.read((value) => value as HubRules);
const link = linkAs(name);
const names = { site, terminal: name, link, clock, opener: opener(site, keys), sealer: terminalSealer(keys) };
let wake = () => {};
const report = (occurrence: Occurrence) => {
  const { seq, hash } = journal.append(occurrence);
  say(`event ${seq} ${hash}`);
  wake();
};
const retry = { firstMs: 20, mostMs: 200 };
const replica = await openGalleryReplica({
  ...names,
  freshness: { now: () => clock.now(), confirmed: () => {} },
  store,
  report,
  onGallery: () => {},
  quietMs: 300,
  retry,
});
await followRules({
  ...names,
  store: rulesFile,
  current: rules?.value ?? null,
  lineage: () => replica.snapshot?.lineage ?? null,
  check: async () => {},
  onRules: async () => {},
  report,
});
const uplink = await openUplink({ ...names, journal, ackTimeoutMs: 500 });
wake = uplink.wake;
await openCommandDesk({
  ...{ ...names, report, memoryFile: join(own, 'commands.state') },
  verbs: watchedVerbs((verb, { id, expiresAt }) => say(`act ${verb} ${id} ${Date.parse(expiresAt) - Date.now()}`)),
});
say('ready');
for (; !isEvening(); await delay(Math.random() * 40)) {
  report({ kind: 'door.opened', body: { cause: 'granted', personId: `p${Math.random()}` } });
}
