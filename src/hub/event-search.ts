import { setTimeout as wait } from 'node:timers/promises';
import { type Kysely, type SelectQueryBuilder, sql } from 'kysely';
import type { WireEvent } from '../sync/messages.ts';
import type { HubTables } from './hub-schema.ts';

/** Which events; what is left out does not matter. */
export interface EventFilter {
  /** Any of these kinds; `door.*` is every kind that begins so. */
  readonly kinds?: readonly string[] | undefined;
  readonly personId?: string | undefined;
  readonly terminals?: readonly string[] | undefined;
  /** By the terminal's clock, `from` included and `to` not. */
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
}

/** An event in the hub's books. */
export interface BookedEvent {
  readonly event: WireEvent;
  /** When the hub had it, ISO 8601; `null` in the journal of a terminal. */
  readonly receivedAt: string | null;
}

/** Where a page ended. */
export type EventCursor = Pick<WireEvent, 'at' | 'terminal' | 'seq'>;

/** A page of events, and where the next one begins; `null` behind the last. */
export interface EventPage {
  readonly events: readonly BookedEvent[];
  readonly next: EventCursor | null;
}

const pageRows = 500;

/**
 * One page of events in the order of their clocks, oldest or newest first. Each terminal's clock is its own, and may have
 * been wrong: of one terminal, `seq` tells what was first.
 */
export async function searchEvents(
  db: Kysely<HubTables>,
  filter: EventFilter,
  page: { readonly order?: 'oldest' | 'newest'; readonly after?: EventCursor | null; readonly limit?: number } = {},
): Promise<EventPage> {
  const { order = 'newest', after = null, limit = pageRows } = page;
  const [direction, beyond] = order === 'oldest' ? (['asc', sql`>`] as const) : (['desc', sql`<`] as const);
  const rows = await matching(db, filter)
    .$if(after !== null, (query) => {
      const { at, terminal, seq } = after as EventCursor;
      return query.where(sql<boolean>`(at, terminal, seq) ${beyond} (${at}, ${terminal}, ${seq})`);
    })
    .orderBy('at', direction)
    .orderBy('terminal', direction)
    .orderBy('seq', direction)
    .limit(limit)
    .execute();
  const events = rows.map(fromRow);
  return { events, next: rows.length < limit ? null : (events.at(-1)?.event ?? null) };
}

/** Everything that matches, oldest first, a page at a time. */
export async function* everyEvent(db: Kysely<HubTables>, filter: EventFilter): AsyncGenerator<BookedEvent> {
  let after: EventCursor | null = null;
  do {
    const page: EventPage = await searchEvents(db, filter, { order: 'oldest', after });
    yield* page.events;
    after = page.next;
  } while (after !== null);
}

/** How often the books are looked into for what is new. */
const lookEveryMs = 500;

/**
 * What matches and comes into the books from now on, of each terminal in its order and without a hole, until `signal`
 * aborts. Works beside the hub, and needs nothing of it but its books.
 */
export async function* followEvents(
  db: Kysely<HubTables>,
  filter: EventFilter,
  options: {
    readonly signal: AbortSignal;
    /** What {@link reachedBy} said at some time before, to begin there; otherwise now. */
    readonly since?: ReadonlyMap<string, number>;
    readonly everyMs?: number;
  },
): AsyncGenerator<BookedEvent> {
  const { signal, everyMs = lookEveryMs } = options;
  const seen = new Map(options.since ?? (await reachedBy(db)));
  while (!signal.aborted) {
    for (const [terminal, reached] of await reachedBy(db)) {
      let before = seen.get(terminal) ?? 0;
      while (before < reached) {
        const until = Math.min(reached, before + pageRows);
        const rows = await matching(db, filter)
          .where('terminal', '=', terminal)
          .where('seq', '>', before)
          .where('seq', '<=', until)
          .orderBy('seq')
          .execute();
        for (const row of rows) yield fromRow(row);
        before = until;
      }
      seen.set(terminal, reached);
    }
    await wait(everyMs, null, { signal }).catch(() => {});
  }
}

/** How far each terminal's events are here without a hole. */
export async function reachedBy(db: Kysely<HubTables>): Promise<Map<string, number>> {
  const rows = await db.selectFrom('terminals').select(['terminal', 'seq']).orderBy('terminal').execute();
  return new Map(rows.map(({ terminal, seq }) => [terminal, Number(seq)]));
}

type Found = Pick<HubTables['events'], 'row' | 'received_at'>;

function matching(db: Kysely<HubTables>, filter: EventFilter): SelectQueryBuilder<HubTables, 'events', Found> {
  const { kinds, personId, terminals, from, to } = filter;
  return db
    .selectFrom('events')
    .select(['row', 'received_at'])
    .$if(kinds !== undefined, (query) =>
      query.where((where) => where.or((kinds as string[]).map((kind) => where('kind', ...kindLike(kind))))),
    )
    .$if(personId !== undefined, (query) => query.where('person_id', '=', personId as string))
    .$if(terminals !== undefined, (query) => query.where('terminal', 'in', terminals as string[]))
    .$if(from !== undefined, (query) => query.where('at', '>=', (from as Date).toISOString()))
    .$if(to !== undefined, (query) => query.where('at', '<', (to as Date).toISOString()));
}

/** Kinds are of small letters, dots and dashes: no sign of a pattern among them but the star at the end. */
function kindLike(kind: string): ['=' | 'like', string] {
  return kind.endsWith('.*') ? ['like', `${kind.slice(0, -1).replace(/[%_]/g, '')}%`] : ['=', kind];
}

function fromRow({ row, received_at: receivedAt }: Found): BookedEvent {
  return { event: JSON.parse(row) as WireEvent, receivedAt };
}
