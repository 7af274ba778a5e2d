import { datedTerms } from '../attendance/dated-terms.ts';
import { movesIn } from '../attendance/ledger.ts';
import type { PlanVersions } from '../attendance/plan-version.ts';
import { versionsInTurn } from '../attendance/plan-version.ts';
import type { Clock } from '../domain/clock.ts';
import type { AttendanceOffice } from './attendance-office.ts';
import type { Changed, Hub } from './hub.ts';
import type { HubStore } from './hub-store.ts';
import type { Saying } from './statement-book.ts';
import { enrolledPeople, workersOf } from './worker-book.ts';

/** Whose books and terminals moves are about. */
export interface MoveDesk {
  readonly hub: Pick<Hub, 'moveTo'>;
  readonly store: HubStore;
  readonly office: AttendanceOffice;
  readonly clock: Clock;
}

/** What became of a move. */
export interface Moved {
  /** Id of the entry, by which it can be taken back. */
  readonly entry: string;
  /** The change of the gallery; `null` where nothing changes today. */
  readonly changed: Changed | null;
}

/**
 * Say that somebody is in `groups`, and in no others, from a day on (`YYYY-MM-DD` on the calendar of where they work then),
 * behind today or ahead. Where that changes their groups of today, terminals are told; those of a day ahead, by
 * {@link moveFollower}.
 *
 * @throws LimenError `usage.invalid` for somebody who is not enrolled, and an empty reason.
 */
export async function movePerson(
  desk: MoveDesk,
  { personId, ...where }: { readonly personId: string; readonly groups: readonly string[]; readonly from: string },
  by: Saying,
): Promise<Moved> {
  const entry = await desk.office.say({ kind: 'groups', personId, ...where }, by);
  return { entry, changed: (await follow(desk, personId)).changed };
}

/** Keeps the groups that terminals know in step with moves whose day comes, and with those that were taken back. */
export interface MoveFollower {
  /** Look whether there is somebody to move now; what fails is tried again at the next look. Returns who was moved. */
  look(): Promise<string[]>;
}

/** Follow moves from the beginning of the books on; each look costs no more than what is new, or due. */
export function moveFollower(desk: MoveDesk): MoveFollower {
  /** Whom to look at, and not before when: milliseconds since 1970. */
  const due = new Map<string, number>();
  let seen = '';
  return {
    look: async () => {
      const { people, last } = await desk.office.statements.movedAfter(seen);
      for (const id of people) due.set(id, 0);
      seen = last;
      const moved: string[] = [];
      for (const [id, dueMs] of due) {
        if (dueMs > desk.clock.now().getTime()) continue;
        const { changed, nextMs } = await follow(desk, id);
        if (changed !== null) moved.push(id);
        if (nextMs === null) due.delete(id);
        else due.set(id, nextMs);
      }
      return moved;
    },
  };
}

/** Put somebody into the groups of today, if it is a move that says which those are. */
async function follow(
  { hub, store, office, clock }: MoveDesk,
  personId: string,
): Promise<{ readonly changed: Changed | null; readonly nextMs: number | null }> {
  const entries = await office.statements.entries([personId]);
  const people = await enrolledPeople(store.db, personId);
  const [worker] = await workersOf(store.db, { people, at: clock.now() });
  if (worker === undefined || !entries.some(({ kind }) => kind === 'groups')) return { changed: null, nextMs: null };
  const plans = versionsInTurn(await office.statements.plansSet(clock.now())) ?? unplanned;
  const dated = datedTerms({ plans, worker, moves: movesIn(entries) });
  const nowMs = clock.now().getTime();
  const { groups } = dated.at(nowMs);
  const isThere = JSON.stringify(groups) === JSON.stringify(people[0]?.groups);
  return { changed: isThere ? null : await hub.moveTo(personId, groups), nextMs: dated.nextAfter(nowMs) };
}

/** Where working time is not counted, days are those of this machine's calendar. */
const unplanned: PlanVersions = [
  {
    ...{ id: '', recordedAt: '', author: '', reason: '' },
    plan: {
      sites: { here: { timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone } },
      ...{ holidays: {}, shifts: {}, rotas: {}, policies: {}, groups: {}, people: {}, travel: [] },
    },
  },
];
