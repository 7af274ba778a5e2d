import { createHash } from 'node:crypto';
import { CompactSign, compactVerify, decodeProtectedHeader } from 'jose';
import type { Kysely, Transaction } from 'kysely';
import { decodeTime, ulid } from 'ulid';
import type { Clock } from '../domain/clock.ts';
import { LimenError } from '../domain/errors.ts';
import type { HubKeyring } from '../hub/hub-keyring.ts';
import type { HubTables } from '../hub/hub-schema.ts';
import { takeTurn, transact } from '../hub/transact.ts';

/** What somebody did through the console. */
export interface Deed {
  readonly account: string;
  /** For example `person.enrolled`. */
  readonly action: string;
  /** Whom or what it was done to. */
  readonly target: string | null;
  /** More about it; never a secret, and of people nothing but ids. */
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** A deed in the book. */
export interface AuditEntry extends Deed {
  /** ULID; sorts in the order of writing. */
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
}

/** Writes a deed down within a transaction of the console's database. */
export type Note = (tx: Transaction<HubTables>) => Promise<unknown>;

/** Who changed what: signed by the hub, each entry with the digest of the one before; at a terminal, in its journal. */
export interface AuditBook {
  /** Before it is done: what cannot be written down is not done. @throws what keeps it from being written. */
  write(deed: Deed): Promise<AuditEntry>;
  /**
   * After it was done. A terminal keeps what it cannot write into its journal, and writes it later.
   *
   * @throws what keeps it from being written, where it is not even kept.
   */
  tell(deed: Deed): Promise<void>;
  /**
   * Around what is done elsewhere than in this book's database. A hub keeps `deed` first, so that it comes into the book
   * whatever happens in between, and then writes `done` of what `work` gave.
   *
   * @throws what keeps it from being kept, nothing was done then; what `work` throws.
   */
  around<T>(deed: Deed, work: () => Promise<T>, done: (given: T) => Deed): Promise<T>;
  /** As it is done, where `work` puts `note` into the transaction that does it: both, or neither. @throws what `work` throws. */
  along<T>(deed: Deed, work: (note: Note) => Promise<T>): Promise<T>;
  /** Newest first. @throws LimenError `audit.forged` for an entry that is not the hub's, or not where it was written. */
  entries(query?: { readonly before?: string | undefined; readonly limit?: number | undefined }): Promise<AuditEntry[]>;
}

const type = 'limen-audit';
const first = '0'.repeat(64);

/** The book in the hub's database; what is begun is kept beside it, see {@link begunDeeds}. */
export function auditBook(options: {
  readonly db: Kysely<HubTables>;
  readonly keys: Pick<HubKeyring, 'signing' | 'hub' | 'former'>;
  readonly clock: Clock;
}): Omit<AuditBook, 'around'> {
  const { db, keys, clock } = options;
  const writeIn = async (tx: Transaction<HubTables>, { account, action, target, detail = {} }: Deed) => {
    await takeTurn(tx);
    const last = await tx.selectFrom('audit').select(['id', 'jws']).orderBy('id', 'desc').limit(1).executeTakeFirst();
    const nowMs = clock.now().getTime();
    const id = ulid(last === undefined ? nowMs : Math.max(nowMs, decodeTime(last.id) + 1));
    const at = new Date(nowMs).toISOString();
    const previous = last === undefined ? first : digestOf(last.jws);
    const jws = await new CompactSign(
      Buffer.from(JSON.stringify({ id, at, account, action, target, detail, previous })),
    )
      .setProtectedHeader({ alg: 'EdDSA', kid: keys.signing.id, typ: type })
      .sign(keys.signing.key);
    await tx.insertInto('audit').values({ id, at, account, action, target, jws }).execute();
    return { id, at, account, action, target, detail };
  };
  const write = (deed: Deed) => transact(db, (tx) => writeIn(tx, deed));
  return {
    write,
    tell: async (deed) => void (await write(deed)),
    along: (deed, work) => work((tx) => writeIn(tx, deed)),
    entries: async ({ before, limit = 100 } = {}) => {
      // One more, whose digest the last one has to carry.
      const rows = await db
        .selectFrom('audit')
        .selectAll()
        .$if(before !== undefined, (query) => query.where('id', '<', before as string))
        .orderBy('id', 'desc')
        .limit(limit + 1)
        .execute();
      return Promise.all(
        rows.slice(0, limit).map(async ({ id, jws }, i) => {
          const { previous, ...entry } = await opened(jws, keys).catch((cause) => {
            throw forged(id, cause);
          });
          const follows = rows[i + 1];
          if (entry.id !== id || previous !== (follows === undefined ? first : digestOf(follows.jws))) throw forged(id);
          return entry;
        }),
      );
    },
  };
}

function digestOf(jws: string): string {
  return createHash('sha256').update(jws).digest('hex');
}

async function opened(
  jws: string,
  keys: Pick<HubKeyring, 'hub' | 'former'>,
): Promise<AuditEntry & { readonly previous: string }> {
  if (decodeProtectedHeader(jws).typ !== type) throw new Error('it is something else that the hub signed');
  const keyOf = ({ kid }: { kid?: string }) => {
    const key = [...keys.hub, ...keys.former].find(({ id }) => id === kid)?.key;
    if (key === undefined) throw new Error('it names a key that was never of this hub');
    return key;
  };
  const { payload } = await compactVerify(jws, keyOf, { algorithms: ['EdDSA'] });
  return JSON.parse(Buffer.from(payload).toString('utf8'));
}

function forged(id: string, cause?: unknown): LimenError {
  return new LimenError('audit.forged', `Entry ${id} about what was changed is not as this hub wrote it.`, {
    hint: 'Somebody wrote into the database, or took something out of it: compare it with a backup.',
    cause,
  });
}
