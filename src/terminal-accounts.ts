import { statSync } from 'node:fs';
import type { TerminalConfig } from './config/schema.ts';
import { accountChanges } from './console/account-changes.ts';
import { accountBook } from './console/accounts.ts';
import type { AuditBook } from './console/audit.ts';
import { atTerminal } from './console/place.ts';
import { LimenError } from './domain/errors.ts';
import { accountFileIn, openAccountFile } from './door-console/account-file.ts';
import { type AccountBooks, typedBy } from './hub-accounts.ts';
import { systemClock } from './runtime/clock.ts';
import { isThere } from './runtime/is-there.ts';

/**
 * Work with the accounts of a terminal's own console, beside a daemon that may be running: it writes down what was done.
 *
 * @throws LimenError `file.unreadable` for a terminal that was never started, or is another user's; and as `openAccountFile`.
 */
export async function withTerminalAccounts<T>(
  { dataFolder }: Pick<TerminalConfig, 'dataFolder'>,
  work: (books: AccountBooks) => Promise<T>,
): Promise<T> {
  // Made here, it would belong to whoever types, and the daemon could not use it.
  if (!isThere(dataFolder)) throw neverStarted(dataFolder);
  assertOwn(dataFolder);
  const file = await openAccountFile(accountFileIn(dataFolder));
  try {
    const accounts = accountBook(file.db, { clock: systemClock, place: atTerminal });
    // The journal is the daemon's alone: it takes from here what was done.
    const audit: Pick<AuditBook, 'along'> = {
      along: (deed, apply) => apply((tx) => file.untold.add({ ...deed, at: systemClock.now().toISOString() }, tx)),
    };
    const change = accountChanges(accounts, audit);
    return await work({
      accounts,
      change: (deed, apply) => change({ ...deed, account: typedBy() }, apply),
    });
  } finally {
    await file.close();
  }
}

/** What anybody but its owner and root made there, the daemon could not use. */
function assertOwn(dataFolder: string): void {
  const user = process.getuid?.() ?? 0;
  const { uid: owner } = statSync(dataFolder);
  if (user === 0 || user === owner) return;
  const says = `The data folder ${dataFolder} belongs to user number ${owner}; this is number ${user}.`;
  throw new LimenError('file.unreadable', says, { hint: 'Run the command as that user, or with sudo.' });
}

function neverStarted(dataFolder: string): LimenError {
  return new LimenError('file.unreadable', `The data folder ${dataFolder} is not there yet.`, {
    hint: 'Start the terminal once, as the user that it runs as: limen run --help',
  });
}
