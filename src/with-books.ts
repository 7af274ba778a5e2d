import type { HubConfig } from './config/schema.ts';
import { type HubKeyring, openHubKeyring } from './hub/hub-keyring.ts';
import { type HubStore, openHubStore } from './hub/hub-store.ts';
import { hubBooks } from './hub-books.ts';
import { hubKeyFile } from './hub-folder.ts';

/** A hub's books and its keys. */
export interface OpenBooks {
  readonly store: HubStore;
  readonly keys: HubKeyring;
}

/**
 * Work in a hub's books from a command, beside a hub that may be running: without broker, camera or network.
 *
 * @throws LimenError for keys or books that cannot be used, and what `work` throws.
 */
export async function withBooks<T>(config: HubConfig, work: (books: OpenBooks) => Promise<T>): Promise<T> {
  const keys = await openHubKeyring(hubKeyFile(config.dataFolder));
  const store = await openHubStore(hubBooks(config));
  try {
    return await work({ store, keys });
  } finally {
    await store.close();
  }
}
