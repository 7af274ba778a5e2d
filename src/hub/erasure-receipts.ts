import type { Kysely } from 'kysely';
import type { EventKind } from '../domain/event.ts';
import { terminalsInBooks } from './command-book.ts';
import type { HubTables } from './hub-schema.ts';
import type { HubStore } from './hub-store.ts';

/** Which terminals have nothing of an erased person, or of an erased face, any more, by their own word. */
export interface ErasureReceipts {
  /** Version of the tombstone, or of the record without a face. */
  readonly version: number;
  /** Every terminal in the hub's books, by name. */
  readonly terminals: readonly { readonly terminal: string; readonly confirmed: boolean }[];
}

type Body = Readonly<Record<string, unknown>>;
/** The newest event of a kind of one terminal; `null` where there is none. */
type Newest = (kind: EventKind, about?: { readonly personId: string }) => Promise<Body | null>;

/**
 * A terminal confirms with `gallery.erased`. One that never had the person, or said so in an event that was lost with
 * its journal, says it by having a later gallery: `gallery.updated` and `terminal.started` tell which. `null` when this
 * person was not erased.
 */
export async function erasureReceipts(db: Kysely<HubTables>, personId: string): Promise<ErasureReceipts | null> {
  const person = await db.selectFrom('people').selectAll().where('id', '=', personId).executeTakeFirst();
  if (!person?.erased) return null;
  return receipts(db, person.version, async (newest) => [
    await newest('gallery.erased', { personId }),
    await newest('gallery.updated'),
    await newest('terminal.started'),
  ]);
}

/**
 * The same for somebody whose face was erased, which a terminal confirms with `gallery.face-erased`. An older limen takes
 * the face out of its gallery without forgetting what its files had of it: its word counts for nothing here, and
 * `gallery.updated` only from one that tells how many have no face. `null` for whoever has a face, or never had one.
 */
export async function faceReceipts(store: HubStore, personId: string): Promise<ErasureReceipts | null> {
  const erasure = (await store.faceErasures()).get(personId);
  if (erasure === undefined) return null;
  return receipts(store.db, erasure.version, async (newest) => {
    const updated = await newest('gallery.updated');
    return [await newest('gallery.face-erased', { personId }), updated?.withoutFace === undefined ? null : updated];
  });
}

async function receipts(
  db: Kysely<HubTables>,
  version: number,
  wordsOf: (newest: Newest) => Promise<readonly (Body | null)[]>,
): Promise<ErasureReceipts> {
  const terminals = [];
  for (const terminal of await terminalsInBooks(db)) {
    const words = await wordsOf((kind, about) => newest(db, { terminal, kind, ...about }));
    terminals.push({ terminal, confirmed: words.some((word) => galleryVersionIn(word) >= version) });
  }
  return { version, terminals };
}

/** `version` alone is that of the program in `terminal.started`. */
function galleryVersionIn(body: Body | null): number {
  return Number(body?.galleryVersion ?? body?.version ?? 0);
}

async function newest(
  db: Kysely<HubTables>,
  { terminal, kind, personId }: { terminal: string; kind: EventKind; personId?: string },
): Promise<Body | null> {
  const found = await db
    .selectFrom('events')
    .select('row')
    .where('terminal', '=', terminal)
    .where('kind', '=', kind)
    .$if(personId !== undefined, (query) => query.where('person_id', '=', personId as string))
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return found === undefined ? null : (JSON.parse(found.row).body as Body);
}
