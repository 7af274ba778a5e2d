import { datedTerms } from '../attendance/dated-terms.ts';
import type { Entry, EntrySaid } from '../attendance/facts.ts';
import { movesIn } from '../attendance/ledger.ts';
import { type PlanVersions, versionsInTurn } from '../attendance/plan-version.ts';
import type { Clock } from '../domain/clock.ts';
import type { AttendanceOffice } from './attendance-office.ts';
import type { Hub } from './hub.ts';
import type { HubStore } from './hub-store.ts';
import type { Changed } from './people-desk.ts';
import type { Saying } from './statement-book.ts';
import { enrolledPeople, workersOf } from './worker-book.ts';

/** Whose books and terminals moves are about. */
export interface MoveDesk {
  readonly hub: Pick<Hub, 'moveTo'>;
  readonly store: HubStore;
  readonly office: AttendanceOffice;
  readonly clock: Clock;
}

/** What became of something that was said. */
export interface Followed {
  /** Id of the entry, by which it can be taken back. */
  readonly entry: string;
  /** The change of the gallery; `null` where nothing changes today. */
  readonly changed: Changed | null;
}

/**
 * Say something about the books, and let the doors follow. Where it changes in which groups somebody is today, terminals are
 * told of it; what is dated ahead is left to {@link moveFollower}.
 *
 * @throws LimenError as `AttendanceOffice.say`.
 */
export async function sayAndFollow(desk: MoveDesk, said: EntrySaid, by: Saying): Promise<Followed> {
  const entry = await desk.office.say(said, by);
  if (said.kind !== 'groups' && said.kind !== 'reverse') return { entry, changed: null };
  const [{ about }] = (await desk.office.statements.one(entry)) as [Entry];
  return { entry, changed: (await follow(desk, about)).changed };
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
