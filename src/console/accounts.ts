import type { Kysely, Transaction } from 'kysely';
import type { Clock } from '../domain/clock.ts';
import { LimenError } from '../domain/errors.ts';
import type { HubTables } from '../hub/hub-schema.ts';
import { takeTurn, transact } from '../hub/transact.ts';
import type { Note } from './audit.ts';
import { type PasswordQueue, passwordQueue } from './password-queue.ts';
import { hashPassword, isPassword } from './passwords.ts';
import type { Place } from './place.ts';
import type { Role } from './roles.ts';

/** Somebody who may sign in, or may not for now. */
export interface Account {
  readonly name: string;
  readonly role: Role;
  /** ISO 8601. */
  readonly createdAt: string;
  /** Since when they cannot sign in, ISO 8601; `null` for who can. */
  readonly disabledAt: string | null;
}

/** Where a {@link Proven} has its hash: under a symbol, which no answer and no log line ever carries. */
export const proof = Symbol('proof');

/** An account whose password has just been given. */
export interface Proven extends Account {
  /** What it was compared with: what is done upon this proof is done only while that is still in force. */
  readonly [proof]: string;
}

/** Who may sign in to a console. */
export interface Accounts {
  list(): Promise<Account[]>;
  find(name: string): Promise<Account | null>;
  /**
   * The first is an administrator; with `first`, only where there is nobody yet.
   *
   * @throws LimenError `account.exists`, `account.password-weak`, `account.administrator-first`, `usage.invalid`, `console.setup-done`.
   */
  add(account: NewAccount, how?: { readonly first?: boolean }): Promise<Proven>;
  /** They are signed out everywhere. @throws LimenError `account.unknown`, `account.last-administrator`. */
  remove(name: string): Promise<void>;
  /**
   * They are signed out everywhere. With `upon`, only while that proof holds.
   *
   * @throws LimenError `account.unknown`, `account.password-weak`, `session.refused` for a proof of before.
   */
  setPassword(name: string, password: string, how?: { readonly upon?: Proven }): Promise<void>;
  /** They are signed out everywhere. @throws LimenError `account.unknown`, `account.last-administrator`. */
  setRole(name: string, role: Role): Promise<void>;
  /** They are signed out everywhere, and cannot sign in. @throws LimenError `account.unknown`, `account.last-administrator`. */
  disable(name: string): Promise<void>;
  /** They can sign in again, with the password that they had. @throws LimenError `account.unknown`. */
  enable(name: string): Promise<void>;
  /** The account with this name and this password; `null` for any other, and for one that is disabled. Takes as long for a name that is nobody's. @throws LimenError `session.busy`. */
  proven(name: string, password: string): Promise<Proven | null>;
}

/** Somebody to be added. */
export interface NewAccount {
  readonly name: string;
  readonly role: Role;
  readonly password: string;
}

/** What an account may be called: one word, so that a log that names it cannot be misread. */
export const accountName = /^[\p{L}\p{N}][\p{L}\p{N}._@-]{0,63}$/u;

/** A hash takes some tenths of a second: whoever is let wait is served within seconds. */
const mostWaiting = 8;

/** The accounts of a console, which can be changed together with what says so. */
export interface AccountBook extends Accounts {
  /** The same, where `note` is part of every change: where that fails, nothing was changed. */
  noting(note: Note): Accounts;
}

/** The accounts in a console's database. */
export function accountBook(
  db: Kysely<HubTables>,
  { clock, place }: { readonly clock: Clock; readonly place: Place },
): AccountBook {
  const hashing = passwordQueue({ mostWaiting });
  const noting = (note: Note) => accountsIn(db, { clock, place, hashing, note });
  return { ...noting(async () => {}), noting };
}

function accountsIn(
  db: Kysely<HubTables>,
  options: { readonly clock: Clock; readonly place: Place; readonly hashing: PasswordQueue; readonly note: Note },
): Accounts {
  const { clock, place, hashing, note } = options;
  const now = () => clock.now().toISOString();
  const change = (name: string, apply: (tx: Transaction<HubTables>, before: Proven) => Promise<unknown>) =>
    transact(db, async (tx) => {
      await takeTurn(tx);
      const row = await tx.selectFrom('accounts').selectAll().where('name', '=', name).executeTakeFirst();
      if (row === undefined) throw unknown(name, place);
      await apply(tx, provenRow(row));
      await tx.deleteFrom('sessions').where('account', '=', name).execute();
      await note(tx);
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
      const hash = await hashing.run(() => hashPassword(password));
      return transact(db, async (tx) => {
        await takeTurn(tx);
        const there = await tx.selectFrom('accounts').select('name').execute();
        if (first && there.length > 0) throw setUpAlready(place);
        if (there.some((other) => other.name === name)) throw exists(name);
        if (there.length === 0 && role !== 'administrator') throw administratorFirst(name);
        const row = { name, role, password: hash, created_at: now(), changed_at: now(), disabled_at: null };
        await tx.insertInto('accounts').values(row).execute();
        await note(tx);
        return provenRow(row);
      });
    },
    remove: (name) =>
      change(name, async (tx, before) => {
        await assertNotLast(tx, before);
        await tx.deleteFrom('accounts').where('name', '=', name).execute();
      }),
    setPassword: async (name, password, { upon } = {}) => {
      const hash = await hashing.run(() => hashPassword(password));
      await change(name, async (tx, before) => {
        if (upon !== undefined && upon[proof] !== before[proof]) throw outdated();
        await tx.updateTable('accounts').set({ password: hash, changed_at: now() }).where('name', '=', name).execute();
      });
    },
    setRole: (name, role) =>
      change(name, async (tx, before) => {
        if (role !== 'administrator') await assertNotLast(tx, before);
        await tx.updateTable('accounts').set({ role, changed_at: now() }).where('name', '=', name).execute();
      }),
    disable: (name) =>
      change(name, async (tx, before) => {
        await assertNotLast(tx, before);
        // Whoever is disabled twice has been since the first time.
        const since = before.disabledAt ?? now();
        await tx
          .updateTable('accounts')
          .set({ disabled_at: since, changed_at: now() })
          .where('name', '=', name)
          .execute();
      }),
    enable: async (name) => {
      await change(name, (tx) =>
        tx.updateTable('accounts').set({ disabled_at: null, changed_at: now() }).where('name', '=', name).execute(),
      );
    },
    proven: async (name, password) => {
      const row = await hashing.runIfShort(async () => {
        const row = await found(name);
        return (await isPassword(password, row?.password ?? null)) ? row : null;
      });
      return row?.disabled_at === null ? provenRow(row) : null;
    },
  };
}

type Row = Omit<HubTables['accounts'], 'password' | 'changed_at'>;

function fromRow({ name, role, created_at: createdAt, disabled_at: disabledAt }: Row): Account {
  return { name, role: role as Role, createdAt, disabledAt };
}

function provenRow(row: Row & Pick<HubTables['accounts'], 'password'>): Proven {
  return { ...fromRow(row), [proof]: row.password };
}

function assertName(name: string): void {
  if (accountName.test(name)) return;
  throw new LimenError('usage.invalid', `${JSON.stringify(name)} cannot be the name of an account.`, {
    hint: 'Use letters, digits, ".", "_", "@" and "-", at most 64.',
  });
}

/** One that is disabled is missed by nobody. */
async function assertNotLast(tx: Transaction<HubTables>, { name, role, disabledAt }: Account): Promise<void> {
  if (role !== 'administrator' || disabledAt !== null) return;
  const others = await tx
    .selectFrom('accounts')
    .select('name')
    .where('role', '=', 'administrator')
    .where('disabled_at', 'is', null)
    .where('name', '!=', name)
    .limit(1)
    .execute();
  if (others.length > 0) return;
  throw new LimenError('account.last-administrator', 'This is the only administrator who can sign in.', {
    hint: 'Make another one first, or enable one: without an administrator nobody can change anything here.',
  });
}

/** Somebody is there already. */
export function setUpAlready({ accountCommand, configFile }: Place): LimenError {
  return new LimenError('console.setup-done', 'This console has its administrator already.', {
    hint: `Sign in; where the password is lost: ${accountCommand} password NAME --config ${configFile}`,
  });
}

/** Whoever is there ends the setup in the browser: nobody could make an administrator then. */
function administratorFirst(name: string): LimenError {
  return new LimenError('account.administrator-first', `${name} would be the first account, and no administrator.`, {
    hint: 'Make an administrator first: nobody else can change anything here. On the command line: --role administrator',
  });
}

function outdated(): LimenError {
  return new LimenError('session.refused', 'Somebody else has just set another password.', {
    hint: 'Sign in with that one.',
  });
}

function exists(name: string): LimenError {
  return new LimenError('account.exists', `There is already an account ${name}.`, { hint: 'Choose another name.' });
}

function unknown(name: string, { accountCommand, configFile }: Place): LimenError {
  return new LimenError('account.unknown', `There is no account ${name}.`, {
    hint: `See which there are: ${accountCommand} list --config ${configFile}`,
  });
}
