import type { HubConfig } from './config/schema.ts';
import { type Accounts, accountBook } from './console/accounts.ts';
import { auditBook } from './console/audit.ts';
import { atHub } from './console/place.ts';
import { openHubKeyring } from './hub/hub-keyring.ts';
import { openHubStore } from './hub/hub-store.ts';
import { hubBooks } from './hub-books.ts';
import { hubKeyFile } from './hub-folder.ts';
import { systemClock } from './runtime/clock.ts';
import { issuer } from './runtime/issuer.ts';

/** The console's accounts, and how a change of them is written down. */
export interface AccountBooks {
  readonly accounts: Accounts;
  write(action: string, name: string, detail?: Record<string, unknown>): Promise<unknown>;
}

/**
 * Work with the console's accounts beside a hub that may be running.
 *
 * @throws LimenError for keys or books that cannot be used.
 */
export async function withAccountBooks<T>(config: HubConfig, work: (books: AccountBooks) => Promise<T>): Promise<T> {
  const keys = await openHubKeyring(hubKeyFile(config.dataFolder));
  const store = await openHubStore(hubBooks(config));
  try {
    const audit = auditBook({ db: store.db, keys, clock: systemClock });
    return await work({
      accounts: accountBook(store.db, { clock: systemClock, place: atHub }),
      write: (action, target, detail = {}) =>
        audit.write({ account: `${issuer()} (command line)`, action, target, detail }),
    });
  } finally {
    await store.close();
  }
}
