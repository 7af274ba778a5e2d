import type { Kysely, Transaction } from 'kysely';
import type { Answer, Kept, PayrollItem, PayrollMemory } from '../payroll/target.ts';
import type { HubTables } from './hub-schema.ts';
import { transact } from './transact.ts';

/** A place in a stream: `terminal/<id>` by number, `statements` by id. */
export interface Position {
  readonly stream: string;
  readonly position: string;
}

/** What a payroll would not have, so far. */
export interface RefusedItem {
  readonly item: string;
  readonly personId: string;
  readonly why: string;
  readonly attempts: number;
  /** ISO 8601. */
  readonly triedAt: string;
}

/** What one payroll was told, in the hub's books. */
export interface PayrollBook extends PayrollMemory {
  /** How far it has each stream. */
  cursors(): Promise<ReadonlyMap<string, string>>;
  /** Nothing more is to be told up to here. */
  advance(to: Position): Promise<void>;
  /** Write down what it said to an item, and how far it is with it, in one transaction. */
  settle(
    item: PayrollItem,
    said: { readonly answer: Settled; readonly at: Date; readonly to: Position | null },
  ): Promise<void>;
  /** There is nothing to tell about an item any more: no refusal of it is left. */
  drop(item: string): Promise<void>;
  /** By name, those that were tried longest ago first. */
  refused(): Promise<RefusedItem[]>;
}

/** An answer that settles something. */
export type Settled = Exclude<Answer, { readonly outcome: 'later' }>;

/** The book of the payroll of this name. */
export function payrollBook(db: Kysely<HubTables>, target: string): PayrollBook {
  const items = () => db.selectFrom('payroll_items').selectAll().where('target', '=', target);
  return {
    cursors: async () => {
      const rows = await db.selectFrom('payroll_cursors').selectAll().where('target', '=', target).execute();
      return new Map(rows.map(({ stream, position }) => [stream, position]));
    },
    advance: (to) => advance(db, { target, to }),
    settle: (item, { answer, at, to }) =>
      transact(db, async (tx) => {
        await (answer.outcome === 'refused'
          ? refuse(tx, { target, item, why: answer.why, at })
          : take(tx, { target, item, kept: answer.kept, at }));
        if (to !== null) await advance(tx, { target, to });
      }),
    drop: (item) => transact(db, (tx) => forgive(tx, { target, items: [item] })),
    refused: async () => {
      const rows = await items().where('refused', 'is not', null).orderBy('tried_at').orderBy('item').execute();
      return rows.map(({ item, person_id: personId, refused, attempts, tried_at: triedAt }) => {
        return { item, personId, why: refused as string, attempts: Number(attempts), triedAt };
      });
    },
    kept: async (punchId) => keptIn(await items().where('item', '=', punchId).executeTakeFirst()),
    sharing: async (remote, punchId) => {
      const rows = await items().where('remote', '=', remote).where('item', '!=', punchId).execute();
      return rows.flatMap((row) => keptIn(row) ?? []);
    },
  };
}

type Row = HubTables['payroll_items'];

function keptIn(row: Row | undefined): Kept | null {
  return row?.remote == null || row.sent === null ? null : { remote: row.remote, sent: row.sent };
}

async function advance(db: Kysely<HubTables>, { target, to }: { target: string; to: Position }): Promise<void> {
  const { stream, position } = to;
  await db
    .insertInto('payroll_cursors')
    .values({ target, stream, position })
    .onConflict((on) => on.columns(['target', 'stream']).doUpdateSet({ position }))
    .execute();
}

/** It is there, or nothing was to be told: no refusal of it is left, nor of the punch that it brought there. */
async function take(
  tx: Transaction<HubTables>,
  { target, item, kept, at }: { target: string; item: PayrollItem; kept: Kept | null | undefined; at: Date },
): Promise<void> {
  const settled = kept === undefined || item.punch === null ? [item.id] : [item.id, item.punch.id];
  if (kept !== undefined && item.punch !== null) {
    const { id, personId } = item.punch;
    const { remote, sent } = kept ?? { remote: null, sent: null };
    const row = { target, item: id, person_id: personId, remote, sent, refused: null, attempts: 1 };
    await upsert(tx, { ...row, tried_at: at.toISOString() });
  }
  await forgive(tx, { target, items: settled });
}

/** No refusal of these is left, nor a row that says nothing more. */
async function forgive(
  tx: Transaction<HubTables>,
  { target, items }: { readonly target: string; readonly items: readonly string[] },
): Promise<void> {
  await tx
    .updateTable('payroll_items')
    .set({ refused: null })
    .where('target', '=', target)
    .where('item', 'in', items)
    .execute();
  await tx
    .deleteFrom('payroll_items')
    .where('target', '=', target)
    .where('item', 'in', items)
    .where('remote', 'is', null)
    .where('refused', 'is', null)
    .execute();
}

/** What it has of the punch it keeps: only this item was refused. */
async function refuse(
  tx: Transaction<HubTables>,
  { target, item, why, at }: { target: string; item: PayrollItem; why: string; at: Date },
): Promise<void> {
  const { id, personId } = item;
  const before = await tx
    .selectFrom('payroll_items')
    .selectAll()
    .where('target', '=', target)
    .where('item', '=', id)
    .executeTakeFirst();
  const { remote = null, sent = null, attempts = 0 } = before ?? {};
  const row = { target, item: id, person_id: personId, remote, sent, refused: why, attempts: Number(attempts) + 1 };
  await upsert(tx, { ...row, tried_at: at.toISOString() });
}

async function upsert(tx: Transaction<HubTables>, row: Row): Promise<void> {
  const { remote, sent, refused, attempts, tried_at } = row;
  await tx
    .insertInto('payroll_items')
    .values(row)
    .onConflict((on) => on.columns(['target', 'item']).doUpdateSet({ remote, sent, refused, attempts, tried_at }))
    .execute();
}
