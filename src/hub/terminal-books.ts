import type { Kysely, Transaction } from 'kysely';
import { LimenError } from '../domain/errors.ts';
import { importSigning, type NamedKey } from '../sync/keys.ts';
import { type HeldKeys, heldKeysSchema, wireFormat } from '../sync/messages.ts';
import type { KnownTerminal, Registry, Roster } from '../sync/roster.ts';
import type { HubTables } from './hub-schema.ts';
import { takeTurn, transact } from './transact.ts';

/** A terminal in the hub's books. */
export interface BookedTerminal {
  readonly id: string;
  /** `x` of its Ed25519 and of its X25519 key. */
  readonly signing: string;
  readonly agreement: string;
  /** `x` of the Ed25519 key that is to take the place of the other; `null` while it changes none. */
  readonly next: string | null;
  /** ISO 8601. */
  readonly provisionedAt: string;
  readonly revokedAt: string | null;
  readonly held: HeldKeys;
  /** The message that brings it its keys, and which change of keys that is. */
  readonly sealed: { readonly sequence: number; readonly text: string };
}

/** One that is provisioned now. */
export type NewTerminal = Omit<BookedTerminal, 'next'>;

/** Keys that a terminal has made for itself, checked, and the message that brings it all others under them. */
export interface OfferedKeys extends Pick<BookedTerminal, 'signing' | 'agreement' | 'sealed'> {
  /** Id of the `rotate` that asked for them. */
  readonly command: string;
}

/** Which terminals a hub has provisioned. Every change of who they are is one new version of the roster. */
export interface TerminalBooks extends Registry {
  all(): Promise<BookedTerminal[]>;
  /** @throws LimenError `terminal.exists` unless it is to be replaced. */
  add(terminal: NewTerminal, how?: { readonly replace?: boolean }): Promise<void>;
  /** @throws LimenError `terminal.unknown`. */
  revoke(terminal: string, at: Date): Promise<void>;
  /** It acknowledged these; `false` when that was known. */
  holds(terminal: string, held: HeldKeys): Promise<boolean>;
  sealed(terminal: string, sealed: BookedTerminal['sealed']): Promise<void>;
  /**
   * From now on it may sign with these as well, and is sent keys under them only. `known` when that is so already, or a
   * later command brought others; `unasked` when no such command was ever issued to it.
   */
  offered(terminal: string, keys: OfferedKeys): Promise<'booked' | 'known' | 'unasked'>;
  /** It signs with its next key: the one before counts no more. `false` when that was known. */
  renewed(terminal: string): Promise<boolean>;
  roster(site: string, now: Date): Promise<Roster>;
  rosterVersion(): Promise<number>;
}

/** How long what another process changed may go unnoticed. */
const staleMs = 1000;
/** One that is not known may just have been provisioned. */
const unknownStaleMs = 100;

/** The terminals in a hub's database. */
export function terminalBooks(db: Kysely<HubTables>): TerminalBooks {
  const keys = new Map<string, Promise<NamedKey>>();
  let known = new Map<string, { signing: readonly string[]; revoked: boolean }>();
  let readAtMs = Number.NEGATIVE_INFINITY;

  const readAgain = async () => {
    readAtMs = performance.now();
    const columns = ['terminal', 'signing', 'next_signing', 'revoked_at'] as const;
    const rows = await db.selectFrom('terminal_keys').select(columns).execute();
    known = new Map(
      rows.map(({ terminal, signing, next_signing: next, revoked_at }) => [
        terminal,
        { signing: next === null ? [signing] : [signing, next], revoked: revoked_at !== null },
      ]),
    );
  };
  const changed = () => {
    readAtMs = Number.NEGATIVE_INFINITY;
  };
  /** One change of who they are after the other: two with one version of the roster would each be half of it. */
  const change = <T>(work: (tx: Transaction<HubTables>) => Promise<T>): Promise<T> =>
    transact(db, async (tx) => {
      await takeTurn(tx);
      return work(tx);
    });
  const keyOf = (x: string) => {
    const importing = keys.get(x) ?? importSigning({ kty: 'OKP', crv: 'Ed25519', x });
    keys.set(x, importing);
    return importing;
  };
  const rosterVersion = async () => {
    const row = await db.selectFrom('meta').select('value').where('key', '=', 'roster').executeTakeFirst();
    return Number(row?.value ?? 0);
  };
  const all = async () => {
    const rows = await db.selectFrom('terminal_keys').selectAll().orderBy('terminal').execute();
    return rows.map(fromRow);
  };

  return {
    all,
    rosterVersion,
    find: async (terminal): Promise<KnownTerminal | null> => {
      const ageMs = performance.now() - readAtMs;
      if (ageMs > staleMs || (!known.has(terminal) && ageMs > unknownStaleMs)) await readAgain();
      const found = known.get(terminal);
      if (found === undefined) return null;
      return { id: terminal, keys: await Promise.all(found.signing.map(keyOf)), revoked: found.revoked };
    },
    add: async (terminal, { replace = false } = {}) => {
      await change(async (tx) => {
        const there = await tx
          .selectFrom('terminal_keys')
          .selectAll()
          .where('terminal', '=', terminal.id)
          .executeTakeFirst();
        if (there !== undefined && !replace) throw terminalExists(terminal.id, fromRow(there));
        await tx.deleteFrom('terminal_keys').where('terminal', '=', terminal.id).execute();
        await tx.insertInto('terminal_keys').values(toRow(terminal)).execute();
        await countRoster(tx);
      });
      changed();
    },
    revoke: async (terminal, at) => {
      await change(async (tx) => {
        const { numUpdatedRows } = await tx
          .updateTable('terminal_keys')
          .set({ revoked_at: at.toISOString() })
          .where('terminal', '=', terminal)
          .executeTakeFirstOrThrow();
        if (numUpdatedRows === 0n) throw unknown(terminal);
        await countRoster(tx);
      });
      changed();
    },
    holds: async (terminal, held) => {
      const text = JSON.stringify(heldKeysSchema.parse(held));
      const { numUpdatedRows } = await db
        .updateTable('terminal_keys')
        .set({ held: text })
        .where('terminal', '=', terminal)
        .where('held', '!=', text)
        .executeTakeFirstOrThrow();
      return numUpdatedRows > 0n;
    },
    sealed: async (terminal, { sequence, text }) => {
      await db
        .updateTable('terminal_keys')
        .set({ sealed_sequence: sequence, sealed: text })
        .where('terminal', '=', terminal)
        .execute();
    },
    offered: async (terminal, { signing, agreement, command, sealed }) => {
      const outcome = await change(async (tx) => {
        const asked = await tx
          .selectFrom('commands')
          .select('id')
          .where('id', '=', command)
          .where('verb', '=', 'rotate')
          .where('audience', '=', terminal)
          .executeTakeFirst();
        if (asked === undefined) return 'unasked';
        const { numUpdatedRows } = await tx
          .updateTable('terminal_keys')
          .set({ next_signing: signing, agreement, rotated_by: command })
          .set({ sealed_sequence: sealed.sequence, sealed: sealed.text })
          .where('terminal', '=', terminal)
          .where('revoked_at', 'is', null)
          .where('signing', '!=', signing)
          .where((eb) => eb.or([eb('next_signing', 'is', null), eb('next_signing', '!=', signing)]))
          // An offer of before, given again, must bring no old key back.
          .where((eb) => eb.or([eb('rotated_by', 'is', null), eb('rotated_by', '<', command)]))
          .executeTakeFirstOrThrow();
        if (numUpdatedRows === 0n) return 'known';
        await countRoster(tx);
        return 'booked';
      });
      // Whoever booked it: another process may have.
      changed();
      return outcome;
    },
    renewed: async (terminal) => {
      const isNews = await change(async (tx) => {
        const { numUpdatedRows } = await tx
          .updateTable('terminal_keys')
          .set((eb) => ({ signing: eb.ref('next_signing').$notNull(), next_signing: null }))
          .where('terminal', '=', terminal)
          .where('next_signing', 'is not', null)
          .executeTakeFirstOrThrow();
        if (numUpdatedRows > 0n) await countRoster(tx);
        return numUpdatedRows > 0n;
      });
      changed();
      return isNews;
    },
    roster: async (site, now) => {
      const version = await rosterVersion();
      const entries = (await all()).map(({ id, signing, next, revokedAt }) => [
        id,
        { key: signing, ...(next !== null && { next }), ...(revokedAt !== null && { revoked: true as const }) },
      ]);
      return { format: wireFormat, site, version, issuedAt: now.toISOString(), terminals: Object.fromEntries(entries) };
    },
  };
}

/** The roster's next version; in a transaction that has taken its turn. */
async function countRoster(tx: Transaction<HubTables>): Promise<void> {
  const row = await tx.selectFrom('meta').select('value').where('key', '=', 'roster').executeTakeFirst();
  const value = String(Number(row?.value ?? 0) + 1);
  await tx
    .insertInto('meta')
    .values({ key: 'roster', value })
    .onConflict((on) => on.column('key').doUpdateSet({ value }))
    .execute();
}

function fromRow(row: HubTables['terminal_keys']): BookedTerminal {
  return {
    id: row.terminal,
    signing: row.signing,
    agreement: row.agreement,
    next: row.next_signing,
    provisionedAt: row.provisioned_at,
    revokedAt: row.revoked_at,
    held: heldKeysSchema.parse(JSON.parse(row.held)),
    sealed: { sequence: Number(row.sealed_sequence), text: row.sealed },
  };
}

function toRow(terminal: NewTerminal): HubTables['terminal_keys'] {
  return {
    terminal: terminal.id,
    signing: terminal.signing,
    agreement: terminal.agreement,
    next_signing: null,
    rotated_by: null,
    provisioned_at: terminal.provisionedAt,
    revoked_at: terminal.revokedAt,
    held: JSON.stringify(terminal.held),
    sealed_sequence: terminal.sealed.sequence,
    sealed: terminal.sealed.text,
  };
}

/** A terminal of this name is in the books already. */
export function terminalExists(
  id: string,
  { provisionedAt, revokedAt }: Pick<BookedTerminal, 'provisionedAt' | 'revokedAt'>,
) {
  const what = revokedAt === null ? `was provisioned ${provisionedAt}` : `was revoked ${revokedAt}`;
  return new LimenError('terminal.exists', `The terminal ${id} ${what}.`, {
    hint: 'Give a new terminal a name of its own. --replace makes new keys for this one; its file before is of no use then.',
  });
}

function unknown(id: string): LimenError {
  return new LimenError('terminal.unknown', `Nobody has provisioned a terminal ${id}.`, {
    hint: 'See which there are: limen hub keys status --config hub.yaml',
  });
}
