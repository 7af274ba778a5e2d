import type { Kysely } from 'kysely';
import type { Clock } from '../domain/clock.ts';
import type { HubTables } from '../hub/hub-schema.ts';
import { type Accounts, accountBook } from './accounts.ts';
import type { AuditBook, Deed } from './audit.ts';
import type { Place } from './place.ts';

/** Change who may sign in, and write down who did it: both, or neither. @throws LimenError as `work` throws. */
export type ChangeAccounts = <T>(deed: Deed, work: (accounts: Accounts) => Promise<T>) => Promise<T>;

/** How accounts in a console's database are changed. */
export function accountChanges(
  db: Kysely<HubTables>,
  { clock, place, audit }: { readonly clock: Clock; readonly place: Place; readonly audit: Pick<AuditBook, 'along'> },
): ChangeAccounts {
  return (deed, work) => audit.along(deed, (note) => work(accountBook(db, { clock, place, note })));
}
