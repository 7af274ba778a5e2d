import { linkOptions } from '../broker-link.ts';
import type { HubConfig } from '../config/schema.ts';
import type { Person } from '../domain/person.ts';
import { booksAreThere } from '../hub/database.ts';
import { readHubKeyFile } from '../hub/hub-key-file.ts';
import { type HubStore, openHubStore } from '../hub/hub-store.ts';
import { overtaken, overtakenBy } from '../hub/resumed-history.ts';
import { hubBooks } from '../hub-books.ts';
import { hubKeyFile } from '../hub-folder.ts';
import { loadPack } from '../vision/pack.ts';
import { examineBroker, stateOf } from './examine-broker.ts';
import { examineDataFolder } from './examine-data-folder.ts';
import { checked, type Finding, fail, failureOf, ok, warn } from './finding.ts';

/** Look at what a hub needs: its keys, its data folder, its books, its broker. */
export async function examineHub(config: HubConfig): Promise<Finding[]> {
  return [
    ...(await checked('data', () => examineDataFolder(config.dataFolder))),
    ...(await checked('keys', () => keys(config))),
    ...(await checked('books', () => books(config))),
    ...(await checked('broker', () => broker(config))),
  ];
}

async function keys({ dataFolder }: HubConfig): Promise<Finding> {
  await readHubKeyFile(hubKeyFile(dataFolder));
  return ok('keys', 'the keys of the site can be read');
}

async function books({ recognition, ...config }: HubConfig): Promise<Finding> {
  const where = hubBooks(config);
  if (!(await booksAreThere(where)))
    return warn('books', 'nobody is enrolled yet', 'Enrol somebody: limen people add --help');
  const store = await openHubStore(where);
  try {
    const [{ version }, people] = [await store.state(), await store.people()];
    const restored = await oldCopy(store.db, version);
    if (restored !== null) return restored;
    const foreign = await foreignTo(recognition.pack, people);
    if (foreign > 0) {
      return fail(
        'books',
        `${foreign} of ${people.length} people were enrolled with another pack: the hub does not start`,
        'Enrol them again: limen people import FOLDER --again --config hub.yaml, or put the old pack back into recognition.pack.',
      );
    }
    return ok('books', `gallery version ${version}, ${people.length} people`);
  } finally {
    await store.close();
  }
}

/** Books that were restored from a backup, and of which terminals take nothing. */
async function oldCopy(db: HubStore['db'], version: number): Promise<Finding | null> {
  const [head, terminal] = [await overtakenBy(db, 'head'), await overtakenBy(db, 'terminal')];
  if (head === null && terminal === null) return null;
  const who = head === null ? 'A terminal has' : 'The broker held';
  return failureOf('books', overtaken(who, Math.max(head ?? 0, terminal ?? 0), version));
}

/** How many people have templates of another embedder; a pack that does not load is told about elsewhere. */
async function foreignTo(packs: HubConfig['recognition']['pack'], people: readonly Person[]): Promise<number> {
  const pack = await loadPack(packs).catch(() => null);
  if (pack === null) return 0;
  return people.filter(({ templates }) => templates.some(({ model }) => model !== pack.embedder.id)).length;
}

async function broker({ broker: { embedded, ...outside } }: HubConfig): Promise<Finding> {
  if (embedded === undefined) return examineBroker(linkOptions(outside));
  if (embedded.port === 0) return ok('broker', 'inside the hub, on any free port');
  const host = embedded.host === '0.0.0.0' || embedded.host === '::' ? 'localhost' : embedded.host;
  const state = await stateOf({ url: `mqtt://${host}:${embedded.port}`, protocol: '3.1.1' });
  const where = `inside the hub, on ${embedded.host}:${embedded.port}`;
  if (state?.online) return ok('broker', `${where}: a hub runs`);
  if (state?.reason.includes('ECONNREFUSED')) return ok('broker', `${where}: it starts with the hub`);
  return warn('broker', `${where}: something else answers there`, 'Set broker.embedded.port to a free port.');
}
