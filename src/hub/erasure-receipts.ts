import type { Kysely } from 'kysely';
import type { EventKind } from '../domain/event.ts';
import { terminalsInBooks } from './command-book.ts';
import type { HubTables } from './hub-schema.ts';

/** Which terminals have nothing of an erased person any more, by their own word. */
export interface ErasureReceipts {
  /** Version of the tombstone. */
  readonly version: number;
  /** Every terminal in the hub's books, by name. */
  readonly terminals: readonly { readonly terminal: string; readonly confirmed: boolean }[];
}

/**
 * A terminal confirms with `gallery.erased`. One that never had the person, or said so in an event that was lost with
 * its journal, says it by having a later gallery: `gallery.updated` and `terminal.started` tell which. `null` when this
 * person was not erased.
 */
export async function erasureReceipts(db: Kysely<HubTables>, personId: string): Promise<ErasureReceipts | null> {
  const person = await db.selectFrom('people').selectAll().where('id', '=', personId).executeTakeFirst();
  if (!person?.erased) return null;
  const { version } = person;
  const terminals = [];
  for (const terminal of await terminalsInBooks(db)) {
    const versions = [
      await newest(db, { terminal, kind: 'gallery.erased', personId }),
      await newest(db, { terminal, kind: 'gallery.updated' }),
      await newest(db, { terminal, kind: 'terminal.started' }),
    ];
    terminals.push({ terminal, confirmed: versions.some((known) => known >= version) });
  }
  return { version, terminals };
}

/** The gallery version in the newest event of a kind; 0 for none. */
async function newest(
  db: Kysely<HubTables>,
  { terminal, kind, personId }: { terminal: string; kind: EventKind; personId?: string },
): Promise<number> {
  const found = await db
    .selectFrom('events')
    .select('row')
    .where('terminal', '=', terminal)
    .where('kind', '=', kind)
    .$if(personId !== undefined, (query) => query.where('person_id', '=', personId as string))
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  const body = found && (JSON.parse(found.row).body as Record<string, unknown>);
  return Number(body?.version ?? body?.galleryVersion ?? 0);
}
