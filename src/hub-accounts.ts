import type { HubConfig } from './config/schema.ts';
import { accountChanges } from './console/account-changes.ts';
import { type Accounts, accountBook } from './console/accounts.ts';
import { auditBook, type Deed } from './console/audit.ts';
import { atHub } from './console/place.ts';
import { openHubKeyring } from './hub/hub-keyring.ts';
import { openHubStore } from './hub/hub-store.ts';
import { hubBooks } from './hub-books.ts';
import { hubKeyFile } from './hub-folder.ts';
import { systemClock } from './runtime/clock.ts';
import { issuer } from './runtime/issuer.ts';

/** The console's accounts, for a command. */
export interface AccountBooks {
  /** To look at. */
  readonly accounts: Accounts;
  /** Change them and write it down as done by whoever typed the command: both, or neither. */
  change<T>(deed: Omit<Deed, 'account'>, work: (accounts: Accounts) => Promise<T>): Promise<T>;
}

/** Whoever typed a command, as the author of what it does. */
export function typedBy(): string {
  return `${issuer()} (command line)`;
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
    const accounts = accountBook(store.db, { clock: systemClock, place: atHub });
    const change = accountChanges(accounts, auditBook({ db: store.db, keys, clock: systemClock }));
    return await work({
      accounts,
      change: (deed, apply) => change({ ...deed, account: typedBy() }, apply),
    });
  } finally {
    await store.close();
  }
}
