import type { AccountBook, Accounts } from './accounts.ts';
import type { AuditBook, Deed } from './audit.ts';

/** Change who may sign in, and write down who did it: both, or neither. @throws what `work` throws, and writing. */
export type ChangeAccounts = <T>(deed: Deed, work: (accounts: Accounts) => Promise<T>) => Promise<T>;

/** How accounts are changed whose changes are written into a book of the same database. */
export function accountChanges(accounts: AccountBook, audit: Pick<AuditBook, 'along'>): ChangeAccounts {
  return (deed, work) => audit.along(deed, (note) => work(accounts.noting(note)));
}
