import type { Kysely } from 'kysely';
import type { Entry } from '../attendance/facts.ts';
import type { PayrollItem } from '../payroll/target.ts';
import type { WireEvent } from '../sync/messages.ts';
import { type Clocks, clocksOf } from './clock-corrections.ts';
import { reachedBy } from './event-search.ts';
import type { HubTables } from './hub-schema.ts';
import type { Position } from './payroll-book.ts';
import { type PunchesNow, punchesNow } from './payroll-punches.ts';
import { forEver } from './punch-book.ts';
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

/** Kinds of events by which it becomes known when punches of an unset clock were. */
const clockKinds: readonly string[] = ['clock.stepped', 'clock.synced'];

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
      .where('kind', 'in', ['punch.recorded', ...clockKinds])
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
  /** Punches of an unset clock of which it says when they were. */
  readonly corrected: readonly Corrected[];
}

interface Corrected {
  /** Id of the punch. */
  readonly id: string;
  /** Id of its event. */
  readonly eventId: string;
  readonly personId: string;
  /** As recorded. */
  readonly at: string;
  readonly correctedAt: string;
  readonly reason: string;
}

/** What is to be told of punches, and of clocks that were put right or found to be right. */
async function eventItems(
  options: FeedOptions,
  rows: readonly EventRow[],
): Promise<{ readonly seq: number; readonly items: PayrollItem[] }[]> {
  const events = rows.map(({ row }) => JSON.parse(row) as WireEvent);
  const ofClocks = events.filter(({ kind }) => clockKinds.includes(kind)).map(({ terminal }) => terminal);
  const clocks = await clocksOf(options.db, [...new Set(ofClocks)], { until: forEver });
  const met: Met[] = [];
  for (const [i, { received_at: receivedAt }] of rows.entries()) {
    const event = events[i] as WireEvent;
    const isOfClock = clockKinds.includes(event.kind);
    met.push({ event, receivedAt, corrected: isOfClock ? await correctedBy(event, options.db, clocks) : [] });
  }
  const people = met.flatMap(({ event, corrected }) => [personOf(event), ...corrected.map(({ personId }) => personId)]);
  const ids = met.flatMap(({ event, corrected }) => [idOf(event), ...corrected.map(({ id }) => id)]);
  const now = await punchesNow(options, { personIds: [...new Set(people.filter(isSome))], ids });
  return met.map((one) => {
    const items = clockKinds.includes(one.event.kind) ? clockItems(options, one, now) : punchItems(options, one, now);
    return { seq: one.event.seq, items };
  });
}

function punchItems(options: FeedOptions, { event, receivedAt }: Met, now: PunchesNow): PayrollItem[] {
  const punch = now.recorded(idOf(event));
  if (punch === null || isBefore(options, punch.clock === 'synced' ? punch.at : receivedAt)) return [];
  const { id, personId, at, clock, code, work, terminal, verifiedBy, afterRefusal } = punch;
  const data = {
    ...{ site: options.site, punch: id, personId, terminal, at, clock, code },
    ...(work !== undefined && { work }),
    ...(verifiedBy !== undefined && { verifiedBy }),
    ...(afterRefusal !== undefined && { afterRefusal }),
  };
  const about = { id, messageId: event.id, personId, recordedAt: receivedAt };
  return [{ ...about, type: 'punch.recorded', data, punch: now.of(id) }];
}

function clockItems(options: FeedOptions, { event, receivedAt, corrected }: Met, now: PunchesNow): PayrollItem[] {
  return corrected
    .filter(({ correctedAt }) => !isBefore(options, correctedAt))
    .map(({ id, eventId, personId, at, correctedAt, reason }): PayrollItem => {
      const data = { site: options.site, punch: id, personId, at, correctedAt, reason };
      const about = { id: `${id}@${idOf(event)}`, messageId: `${event.id}_${eventId}`, personId };
      return { ...about, recordedAt: receivedAt, type: 'punch.clock-corrected', data, punch: now.of(id) };
    });
}

/** Punches of an unset clock, of the same run, of which this event says when they were, and no earlier one said the same. */
async function correctedBy({ terminal, seq }: WireEvent, db: Kysely<HubTables>, clocks: Clocks): Promise<Corrected[]> {
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
    .select(['punches.seq', 'punches.person_id', 'punches.at', 'events.id'])
    .where('punches.terminal', '=', terminal)
    .where('punches.seq', '<', seq)
    .where('punches.seq', '>', Number(started?.seq ?? 0))
    .where('punches.clock', '=', 'unsynced')
    .orderBy('punches.seq')
    .execute();
  return rows.flatMap((row): Corrected[] => {
    const { at, person_id: personId, id: eventId } = row;
    const dated = { terminal, seq: Number(row.seq), at };
    const known = clocks.corrected(dated, seq);
    if (known === null || known.at === clocks.corrected(dated, seq - 1)?.at) return [];
    const about = { id: `${terminal}:${dated.seq}`, eventId, personId };
    return [{ ...about, at, correctedAt: known.at, reason: known.reason }];
  });
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
