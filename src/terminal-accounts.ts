import type { TerminalConfig } from './config/schema.ts';
import { accountBook } from './console/accounts.ts';
import { atTerminal } from './console/place.ts';
import { LimenError } from './domain/errors.ts';
import { accountFileIn, openAccountFile } from './door-console/account-file.ts';
import type { AccountBooks } from './hub-accounts.ts';
import { systemClock } from './runtime/clock.ts';
import { isThere } from './runtime/is-there.ts';
import { issuer } from './runtime/issuer.ts';

/**
 * Work with the accounts of a terminal's own console, beside a daemon that may be running: it writes down what was done.
 *
 * @throws LimenError `file.unreadable` for a terminal that was never started, and as `openAccountFile`.
 */
export async function withTerminalAccounts<T>(
  { dataFolder }: Pick<TerminalConfig, 'dataFolder'>,
  work: (books: AccountBooks) => Promise<T>,
): Promise<T> {
  // Made here, it would belong to whoever types, and the daemon could not use it.
  if (!isThere(dataFolder)) throw neverStarted(dataFolder);
  const file = await openAccountFile(accountFileIn(dataFolder));
  try {
    return await work({
      accounts: accountBook(file.db, { clock: systemClock, place: atTerminal }),
      write: (action, target, detail = {}) =>
        file.untold.add({ account: `${issuer()} (command line)`, action, target, detail }),
    });
  } finally {
    await file.close();
  }
}

function neverStarted(dataFolder: string): LimenError {
  return new LimenError('file.unreadable', `The data folder ${dataFolder} is not there yet.`, {
    hint: 'Start the terminal once, as the user that it runs as: limen run --help',
  });
}
