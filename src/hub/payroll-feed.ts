import type { Kysely } from 'kysely';
import type { Entry } from '../attendance/facts.ts';
import type { PayrollItem } from '../payroll/target.ts';
import type { WireEvent } from '../sync/messages.ts';
import { reachedBy } from './event-search.ts';
import type { HubTables } from './hub-schema.ts';
import type { Position } from './payroll-book.ts';
import { punchesNow } from './payroll-punches.ts';
import type { StatementBook } from './statement-book.ts';

/** Something to tell, and how far the stream is once it is told; or only how far it is. */
export interface FeedStep {
  readonly stream: string;
  /** `null`: there is more to the same event. */
  readonly to: Position | null;
  readonly item: PayrollItem | null;
}

export interface FeedOptions {
  readonly db: Kysely<HubTables>;
  readonly statements: StatementBook;
  /** Name of the site, told with everything. */
  readonly site: string;
  /** Nothing before this instant is told. */
  readonly since?: Date | undefined;
}

const pageRows = 200;

/**
 * Everything that happened to working time and is not told yet: punches and clocks of each terminal in its order and
 * without a hole, then what the office said in the order of saying. What comes late is told late, and never passed over.
 */
export async function* payrollFeed(
  options: FeedOptions,
  cursors: ReadonlyMap<string, string>,
): AsyncGenerator<FeedStep> {
  for (const [terminal, reached] of await reachedBy(options.db)) {
    const stream = `terminal/${terminal}`;
    const before = Number(cursors.get(stream) ?? 0);
    if (before < reached) yield* terminalSteps(options, { terminal, stream, before, reached });
  }
  yield* statementSteps(options, cursors.get('statements') ?? '');
}

/** One item again, as it was; `null` for one that is not in the books. */
export async function payrollItem(options: FeedOptions, id: string): Promise<PayrollItem | null> {
  const [about = '', because] = id.split('@');
  const [, terminal, seq] = /^(.*):(\d+)$/.exec(because ?? about) ?? [];
  if (terminal === undefined) return (await statementItems(options, await options.statements.one(id))).at(0) ?? null;
  const row = await options.db
    .selectFrom('events')
    .select(['row', 'received_at'])
    .where('terminal', '=', terminal)
    .where('seq', '=', Number(seq))
    .executeTakeFirst();
  const items = row === undefined ? [] : await eventItems(options, [row]);
  return items.flatMap((found) => found.items).find((item) => item.id === id) ?? null;
}

interface Stretch {
  readonly terminal: string;
  readonly stream: string;
  readonly before: number;
  readonly reached: number;
}

async function* terminalSteps(
  options: FeedOptions,
  { terminal, stream, before, reached }: Stretch,
): AsyncGenerator<FeedStep> {
  for (let after = before; ; ) {
    const rows = await options.db
      .selectFrom('events')
      .select(['row', 'received_at'])
      .where('kind', 'in', ['punch.recorded', 'clock.stepped'])
      .where('terminal', '=', terminal)
      .where('seq', '>', after)
      .where('seq', '<=', reached)
      .orderBy('seq')
      .limit(pageRows)
      .execute();
    for (const { seq, items } of await eventItems(options, rows)) {
      for (const [i, item] of items.entries()) {
        yield { stream, item, to: i === items.length - 1 ? { stream, position: String(seq) } : null };
      }
      after = seq;
    }
    if (rows.length < pageRows) break;
  }
  yield { stream, item: null, to: { stream, position: String(reached) } };
}

async function* statementSteps(options: FeedOptions, before: string): AsyncGenerator<FeedStep> {
  const stream = 'statements';
  for (let after = before; ; ) {
    const entries = await options.statements.entriesAfter(after, pageRows);
    const items = new Map((await statementItems(options, entries)).map((item) => [item.id, item]));
    for (const { id } of entries) yield { stream, item: items.get(id) ?? null, to: { stream, position: id } };
    const last = entries.at(-1);
    if (last === undefined || entries.length < pageRows) return;
    after = last.id;
  }
}

type EventRow = Pick<HubTables['events'], 'row' | 'received_at'>;

interface Met {
  readonly event: WireEvent;
  readonly receivedAt: string;
  /** Of a clock that was put right: the punches of an unset clock in its run, by number. */
  readonly unset: readonly { readonly seq: number; readonly personId: string; readonly eventId: string }[];
}

/** What is to be told of punches and of clocks that were put right. */
async function eventItems(
  options: FeedOptions,
  rows: readonly EventRow[],
): Promise<{ readonly seq: number; readonly items: PayrollItem[] }[]> {
  const met: Met[] = [];
  for (const { row, received_at: receivedAt } of rows) {
    const event = JSON.parse(row) as WireEvent;
    met.push({ event, receivedAt, unset: event.kind === 'clock.stepped' ? await unsetBefore(options.db, event) : [] });
  }
  const people = met.flatMap(({ event, unset }) => [personOf(event), ...unset.map(({ personId }) => personId)]);
  const ids = met.flatMap(({ event, unset }) => [idOf(event), ...unset.map(({ seq }) => `${event.terminal}:${seq}`)]);
  const now = await punchesNow(options, { personIds: [...new Set(people.filter(isSome))], ids });
  return met.map(({ event, receivedAt, unset }) => {
    const common = { recordedAt: receivedAt };
    if (event.kind !== 'clock.stepped') {
      const punch = now.recorded(idOf(event));
      if (punch === null || isBefore(options, punch.clock === 'synced' ? punch.at : receivedAt))
        return { seq: event.seq, items: [] };
      const { id, personId, at, clock, code, work, terminal, verifiedBy, afterRefusal } = punch;
      const data = {
        site: options.site,
        punch: id,
        personId,
        terminal,
        at,
        clock,
        code,
        ...(work !== undefined && { work }),
        ...(verifiedBy !== undefined && { verifiedBy }),
        ...(afterRefusal !== undefined && { afterRefusal }),
      };
      const item = { ...common, id, messageId: event.id, type: 'punch.recorded', personId, data } as const;
      return { seq: event.seq, items: [{ ...item, punch: now.of(id) }] };
    }
    const items = unset.flatMap(({ seq, personId, eventId }): PayrollItem[] => {
      const id = `${event.terminal}:${seq}`;
      const { at, corrected } = now.recorded(id) ?? {};
      if (corrected === undefined || isBefore(options, corrected.at)) return [];
      const data = { site: options.site, punch: id, personId, at, correctedAt: corrected.at, reason: corrected.reason };
      const messageId = `${event.id}_${eventId}`;
      return [
        {
          ...common,
          id: `${id}@${idOf(event)}`,
          messageId,
          type: 'punch.clock-corrected',
          personId,
          data,
          punch: now.of(id),
        },
      ];
    });
    return { seq: event.seq, items };
  });
}

/** Punches of an unset clock since the terminal was started. */
async function unsetBefore(db: Kysely<HubTables>, { terminal, seq }: WireEvent): Promise<Met['unset']> {
  const started = await db
    .selectFrom('events')
    .select('seq')
    .where('kind', '=', 'terminal.started')
    .where('terminal', '=', terminal)
    .where('seq', '<', seq)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  const rows = await db
    .selectFrom('punches')
    .innerJoin('events', (join) =>
      join.onRef('events.terminal', '=', 'punches.terminal').onRef('events.seq', '=', 'punches.seq'),
    )
    .select(['punches.seq', 'punches.person_id', 'events.id'])
    .where('punches.terminal', '=', terminal)
    .where('punches.seq', '<', seq)
    .where('punches.seq', '>', Number(started?.seq ?? 0))
    .where('punches.clock', '=', 'unsynced')
    .orderBy('punches.seq')
    .execute();
  return rows.map((row) => ({ seq: Number(row.seq), personId: row.person_id, eventId: row.id }));
}

async function statementItems(options: FeedOptions, entries: readonly Entry[]): Promise<PayrollItem[]> {
  const personIds = [...new Set(entries.map(({ about }) => about))];
  const now = await punchesNow(options, { personIds, ids: [] });
  return entries
    .filter(({ recordedAt }) => !isBefore(options, recordedAt))
    .map((entry): PayrollItem => {
      const { id, about: personId, recordedAt, kind } = entry;
      const punchId = now.about(entry);
      const punch = punchId === null ? null : now.of(punchId);
      const early = punch !== null && punch.at !== null && isBefore(options, punch.at);
      const data = { site: options.site, ...entry };
      const common = { id, messageId: id, type: `entry.${kind}`, personId, recordedAt, data } as const;
      return { ...common, punch: early ? { ...punch, at: null } : punch };
    });
}

function isBefore({ since }: FeedOptions, instant: string): boolean {
  return since !== undefined && Date.parse(instant) < since.getTime();
}

function idOf({ terminal, seq }: WireEvent): string {
  return `${terminal}:${seq}`;
}

function personOf({ body }: WireEvent): string | null {
  const { personId } = body as { readonly personId?: unknown };
  return typeof personId === 'string' ? personId : null;
}

function isSome<T>(value: T | null): value is T {
  return value !== null;
}
