import type { Kysely, Transaction } from 'kysely';
import type { Clock } from '../domain/clock.ts';
import { LimenError } from '../domain/errors.ts';
import type { HubTables } from '../hub/hub-schema.ts';
import { takeTurn, transact } from '../hub/transact.ts';
import { hashPassword, isPassword } from './passwords.ts';
import type { Role } from './roles.ts';

/** Somebody who may sign in. */
export interface Account {
  readonly name: string;
  readonly role: Role;
  /** ISO 8601. */
  readonly createdAt: string;
}

/** Who may sign in to the console, in the hub's books. */
export interface Accounts {
  list(): Promise<Account[]>;
  find(name: string): Promise<Account | null>;
  /** With `first`, only where there is nobody yet. @throws LimenError `account.exists`, `account.password-weak`, `usage.invalid`, `console.setup-done`. */
  add(account: NewAccount, how?: { readonly first?: boolean }): Promise<Account>;
  /** They are signed out everywhere. @throws LimenError `account.unknown`, `account.last-administrator`. */
  remove(name: string): Promise<void>;
  /** They are signed out everywhere. @throws LimenError `account.unknown`, `account.password-weak`. */
  setPassword(name: string, password: string): Promise<void>;
  /** They are signed out everywhere. @throws LimenError `account.unknown`, `account.last-administrator`. */
  setRole(name: string, role: Role): Promise<void>;
  /** The account with this name and this password; `null` for any other. Takes as long for a name that is nobody's. */
  proven(name: string, password: string): Promise<Account | null>;
}

/** Somebody to be added. */
export interface NewAccount {
  readonly name: string;
  readonly role: Role;
  readonly password: string;
}

/** What an account may be called: one word, so that a log that names it cannot be misread. */
export const accountName = /^[\p{L}\p{N}][\p{L}\p{N}._@-]{0,63}$/u;

/** The accounts in a hub's database. */
export function accountBook(db: Kysely<HubTables>, clock: Clock): Accounts {
  const now = () => clock.now().toISOString();
  const change = (name: string, apply: (tx: Transaction<HubTables>, before: Account) => Promise<unknown>) =>
    transact(db, async (tx) => {
      await takeTurn(tx);
      const row = await tx.selectFrom('accounts').selectAll().where('name', '=', name).executeTakeFirst();
      if (row === undefined) throw unknown(name);
      await apply(tx, fromRow(row));
      await tx.deleteFrom('sessions').where('account', '=', name).execute();
    });
  const found = (name: string) =>
    db
      .selectFrom('accounts')
      .selectAll()
      .where('name', '=', name)
      .executeTakeFirst()
      .then((row) => row ?? null);
  return {
    list: async () => (await db.selectFrom('accounts').selectAll().orderBy('name').execute()).map(fromRow),
    find: async (name) => {
      const row = await found(name);
      return row && fromRow(row);
    },
    add: async ({ name, role, password }, { first = false } = {}) => {
      assertName(name);
      const hash = await hashPassword(password);
      return transact(db, async (tx) => {
        await takeTurn(tx);
        const there = await tx.selectFrom('accounts').select('name').execute();
        if (first && there.length > 0) throw setUpAlready();
        if (there.some((other) => other.name === name)) throw exists(name);
        const row = { name, role, password: hash, created_at: now(), changed_at: now() };
        await tx.insertInto('accounts').values(row).execute();
        return fromRow(row);
      });
    },
    remove: (name) =>
      change(name, async (tx, before) => {
        if (before.role === 'administrator') await assertNotLast(tx);
        await tx.deleteFrom('accounts').where('name', '=', name).execute();
      }),
    setPassword: async (name, password) => {
      const hash = await hashPassword(password);
      await change(name, (tx) =>
        tx.updateTable('accounts').set({ password: hash, changed_at: now() }).where('name', '=', name).execute(),
      );
    },
    setRole: (name, role) =>
      change(name, async (tx, before) => {
        if (before.role === 'administrator' && role !== 'administrator') await assertNotLast(tx);
        await tx.updateTable('accounts').set({ role, changed_at: now() }).where('name', '=', name).execute();
      }),
    proven: async (name, password) => {
      const row = await found(name);
      return (await isPassword(password, row?.password ?? null)) && row !== null ? fromRow(row) : null;
    },
  };
}

function fromRow({ name, role, created_at }: Pick<HubTables['accounts'], 'name' | 'role' | 'created_at'>): Account {
  return { name, role: role as Role, createdAt: created_at };
}

function assertName(name: string): void {
  if (accountName.test(name)) return;
  throw new LimenError('usage.invalid', `${JSON.stringify(name)} cannot be the name of an account.`, {
    hint: 'Use letters, digits, ".", "_", "@" and "-", at most 64.',
  });
}

async function assertNotLast(tx: Transaction<HubTables>): Promise<void> {
  const rows = await tx.selectFrom('accounts').select('name').where('role', '=', 'administrator').execute();
  if (rows.length > 1) return;
  throw new LimenError('account.last-administrator', 'This is the only administrator.', {
    hint: 'Make another one first: without an administrator nobody can change anything here.',
  });
}

/** Somebody is there already. */
export function setUpAlready(): LimenError {
  return new LimenError('console.setup-done', 'This console has its administrator already.', {
    hint: 'Sign in; where the password is lost: limen hub account password NAME --config hub.yaml',
  });
}

function exists(name: string): LimenError {
  return new LimenError('account.exists', `There is already an account ${name}.`, { hint: 'Choose another name.' });
}

function unknown(name: string): LimenError {
  return new LimenError('account.unknown', `There is no account ${name}.`, {
    hint: 'See which there are: limen hub account list --config hub.yaml',
  });
}
