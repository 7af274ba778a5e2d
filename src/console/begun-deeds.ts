import type { Kysely } from 'kysely';
import { ulid } from 'ulid';
import type { Clock } from '../domain/clock.ts';
import { isLimenError, messageOf } from '../domain/errors.ts';
import type { Timers } from '../domain/timers.ts';
import type { HubTables } from '../hub/hub-schema.ts';
import { takeTurn, transact } from '../hub/transact.ts';
import type { Logger } from '../runtime/logger.ts';
import { problemOf } from '../web/problem.ts';
import type { AuditBook, Deed } from './audit.ts';

/** Keeps what somebody does from before it is done until it is in the book of changes. */
export interface BegunDeeds extends Pick<AuditBook, 'around'> {
  /** Write down what was begun long ago and never ended: its process died, or nothing could be written. Never throws. */
  settle(): Promise<void>;
  /** What is looked after ends; what was begun stays kept. */
  close(): Promise<void>;
}

/**
 * After this long it is written down that the end is not known. Other processes of the hub work with the same books:
 * what one of them is doing now is not to be told of as lost.
 */
const longestMs = 600_000;

const late = new WeakSet<object>();

/**
 * What is still to be done once a change is made. Should it be refused, the change is in the book all the same, as one that
 * failed: a refusal otherwise means that nothing was done.
 */
export async function thereafter<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Error) late.add(error);
    throw error;
  }
}

/** What {@link begunDeeds} works with. */
export interface BegunDeedsOptions {
  readonly db: Kysely<HubTables>;
  readonly audit: Pick<AuditBook, 'along'>;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Logger;
}

/** Deeds begun at a hub, kept in its database. It looks after those of processes that are no more, at once and later. */
export function begunDeeds({ db, audit, clock, timers, log }: BegunDeedsOptions): BegunDeeds {
  const forget = (id: string, tx: Kysely<HubTables> = db) =>
    tx.deleteFrom('begun_deeds').where('id', '=', id).executeTakeFirstOrThrow();
  const begin = async (deed: Deed) => {
    const [id, at] = [ulid(), clock.now().toISOString()];
    await db
      .insertInto('begun_deeds')
      .values({ id, at, deed: JSON.stringify(deed) })
      .execute();
    return id;
  };
  /** Both or neither: no longer begun, and in the book. With `onlyKept`, nothing where another process has ended it. */
  const end = (id: string, deed: Deed, { onlyKept = false }: { readonly onlyKept?: boolean } = {}) =>
    audit.along(deed, (note) =>
      transact(db, async (tx) => {
        await takeTurn(tx);
        const { numDeletedRows } = await forget(id, tx);
        if (numDeletedRows > 0n || !onlyKept) await note(tx);
      }),
    );
  /** What cannot be written now is still kept, and settled later. */
  const kept = (error: unknown) =>
    log.error({ error }, `what was done is kept, and not in the book of changes yet: ${messageOf(error)}`);
  const settleOne = ({ id, at, deed }: HubTables['begun_deeds']) =>
    end(id, endedAs('not known', JSON.parse(deed), { begun: at }), { onlyKept: true });
  const settle = async () => {
    try {
      const nowMs = clock.now().getTime();
      // A clock that was put back leaves times to come.
      for (const row of await db.selectFrom('begun_deeds').selectAll().orderBy('id').execute())
        if (Math.abs(nowMs - Date.parse(row.at)) >= longestMs) await settleOne(row);
    } catch (error) {
      kept(error);
    }
  };
  let callOff = () => {};
  let settling: Promise<void> = Promise.resolve();
  const settleAndAgain = () => {
    settling = settle();
    callOff = timers.after(longestMs, settleAndAgain);
  };
  settleAndAgain();
  return {
    async around(deed, work, done) {
      const id = await begin(deed);
      let given: Awaited<ReturnType<typeof work>>;
      try {
        given = await work();
      } catch (error) {
        // What was refused did not happen; of any other failure nobody knows how far it came.
        const isRefused = problemOf(error).status < 500 && !late.has(error as object);
        const code = isLimenError(error) ? error.code : 'internal';
        await (isRefused ? forget(id) : end(id, endedAs('failed', deed, { code }))).catch(kept);
        throw error;
      }
      await end(id, done(given)).catch(kept);
      return given;
    },
    settle,
    close: async () => {
      callOff();
      await settling;
    },
  };
}

function endedAs(ended: string, deed: Deed, more: Readonly<Record<string, string>>): Deed {
  return { ...deed, detail: { ...deed.detail, ended, ...more } };
}
