import { type Attendance, attendanceOf, factsNeededFor } from '../attendance/attendance.ts';
import { datedTerms, type Worker } from '../attendance/dated-terms.ts';
import { type EntrySaid, knownAt } from '../attendance/facts.ts';
import type { Plan } from '../attendance/plan.ts';
import type { Clock } from '../domain/clock.ts';
import { LimenError } from '../domain/errors.ts';
import { type GroupsSince, groupsKnownAt } from './group-history.ts';
import type { HubStore } from './hub-store.ts';
import { peoplePunching, punchesOf } from './punch-book.ts';
import { checkReason, nobody, whomOf } from './sayable.ts';
import {
  type PlanSet,
  type Saying,
  type StatementBook,
  type StatementBookOptions,
  statementBook,
} from './statement-book.ts';

/** Whose attendance, of which days (`YYYY-MM-DD`, both included), by what was known when. */
export interface AttendanceQuery {
  readonly from: string;
  readonly to: string;
  readonly personId?: string | undefined;
  readonly group?: string | undefined;
  readonly site?: string | undefined;
  /** What the books knew then, groups included; left out, what they know now. Names are always those of now. */
  readonly asOf?: Date | undefined;
  /** Told the arithmetic. */
  readonly onStep?: (personId: string, date: string, line: string) => void;
}

/** The office that keeps the books of working time. */
export interface AttendanceOffice {
  readonly statements: StatementBook;
  /** @throws LimenError `attendance.no-plan`. */
  plan(at?: Date): Promise<PlanSet>;
  /** From now on; what was before it keeps its plan only in reports as of then. */
  setPlan(plan: Plan, by: Saying): Promise<string>;
  /**
   * Say something about the books. Returns its id.
   *
   * @throws LimenError `usage.invalid` for a punch, an entry, a person or a site that is not there, an entry that was
   *   taken back already, and an empty reason.
   */
  say(said: EntrySaid, by: Saying): Promise<string>;
  /** Person by person, by name, as fast as it is asked for. @throws LimenError `attendance.no-plan`, `usage.invalid`. */
  report(query: AttendanceQuery): AsyncGenerator<Attendance>;
}

export interface AttendanceOfficeOptions {
  readonly store: HubStore;
  readonly keys: StatementBookOptions['keys'];
  readonly clock: Clock;
}

/** People whose punches are in memory at a time. */
const peopleAtOnce = 250;

/** Open the office on a hub's books. */
export function attendanceOffice({ store, keys, clock }: AttendanceOfficeOptions): AttendanceOffice {
  const statements = statementBook({ db: store.db, keys, clock });
  const plan = async (at: Date = clock.now()) => {
    const found = await statements.planAt(at);
    if (found !== null) return found;
    throw new LimenError('attendance.no-plan', 'Nobody has said yet how working time is counted here.', {
      hint: 'Write a plan and set it: limen attendance plan set plan.yaml --config hub.yaml (docs/attendance.md).',
    });
  };
  return {
    statements,
    plan,
    setPlan: async (agreed, by) => {
      checkReason(by);
      return statements.say({ kind: 'plan', plan: agreed }, { ...by, personId: null });
    },
    say: async (said, by) => {
      checkReason(by);
      return statements.say(said, { ...by, personId: await whomOf(said, { store, statements, now: clock.now() }) });
    },
    report: (query) => report(query, { store, statements, plan, clock }),
  };
}

interface Parts {
  readonly store: HubStore;
  readonly statements: StatementBook;
  readonly plan: AttendanceOffice['plan'];
  readonly clock: Clock;
}

async function* report(query: AttendanceQuery, { store, statements, plan, clock }: Parts): AsyncGenerator<Attendance> {
  const { from, to, asOf = clock.now(), onStep } = query;
  const agreed = (await plan(asOf)).plan;
  const days = factsNeededFor({ from, to });
  const span = { from: `${days.from}T00:00:00.000Z`, to: `${days.to}T23:59:59.999Z` };
  const entries = byPerson(await statements.entries(query.personId), ({ about }) => about);
  const workers = await workersOf(query, { store, agreed, span, asOf });
  for (let i = 0; i < workers.length; i += peopleAtOnce) {
    const some = workers.slice(i, i + peopleAtOnce);
    const personIds = some.map(({ id }) => id);
    const moved = personIds.flatMap(entries).flatMap((entry) => (entry.kind === 'move' ? [entry.punch] : []));
    const ids = moved.filter((id) => id.includes(':'));
    const found = await punchesOf(store.db, agreed, { ...span, personIds, ids, knownAt: asOf.toISOString() });
    const punches = byPerson(found, ({ personId }) => personId);
    for (const worker of some) {
      const request = { plan: agreed, worker, from, to, nowMs: asOf.getTime() };
      const tell = onStep && { onStep: (date: string, line: string) => onStep(worker.id, date, line) };
      const known = knownAt({ punches: punches(worker.id), entries: entries(worker.id) }, asOf);
      yield attendanceOf(known, { ...request, ...tell });
    }
  }
}

/** What there is about one person out of what there is about many. */
function byPerson<T>(all: readonly T[], whose: (one: T) => string): (personId: string) => readonly T[] {
  const each = new Map<string, T[]>();
  for (const one of all) {
    const own = each.get(whose(one));
    if (own === undefined) each.set(whose(one), [one]);
    else own.push(one);
  }
  return (personId) => each.get(personId) ?? [];
}

/** Whoever is asked for on any day, by name; those who punched and were erased since come under their id. */
async function workersOf(
  { personId, group, site, from, to }: AttendanceQuery,
  { store, agreed, span, asOf }: { store: HubStore; agreed: Plan; span: { from: string; to: string }; asOf: Date },
): Promise<Worker[]> {
  const { db } = store;
  const groupsThen = await groupsKnownAt(db, asOf);
  const enrolled = await db
    .selectFrom('people')
    .select(['id', 'name', 'groups'])
    .where('erased', '=', 0)
    .$if(personId !== undefined, (select) => select.where('id', '=', personId as string))
    .execute();
  const people = enrolled.map(({ id, name, groups }): Worker => {
    return { id, name, ...membership(groupsThen.get(id) ?? [{ since: '', groups: JSON.parse(groups) }]) };
  });
  const known = new Set(people.map(({ id }) => id));
  const gone = (await peoplePunching(db, { ...span, personId })).filter((id) => !known.has(id));
  const everybody = [...people, ...gone.map((id): Worker => ({ id, name: id, groups: [] }))];
  const wanted = everybody.filter((worker) =>
    datedTerms(agreed, worker)
      .within({ from, to })
      .some(
        ({ groups, terms }) =>
          (group === undefined || groups.includes(group)) && (site === undefined || terms.siteName === site),
      ),
  );
  if (personId !== undefined && wanted.length === 0) throw nobody(personId);
  const { compare } = new Intl.Collator('en');
  return wanted.sort((a, b) => compare(a.name, b.name) || compare(a.id, b.id));
}

/** The groups of the moment, and each before until the next. */
function membership(history: readonly GroupsSince[]): Pick<Worker, 'groups' | 'formerly'> {
  const { groups } = history.at(-1) as GroupsSince;
  if (history.length === 1) return { groups };
  const formerly = history
    .slice(1)
    .map(({ since }, i) => ({ until: since, groups: (history[i] as GroupsSince).groups }));
  return { groups, formerly };
}
