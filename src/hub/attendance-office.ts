import { type Attendance, attendanceOf, factsNeededFor, type Worker } from '../attendance/attendance.ts';
import { type EntrySaid, type Facts, knownAt } from '../attendance/facts.ts';
import { type Plan, termsOf } from '../attendance/plan.ts';
import type { Clock } from '../domain/clock.ts';
import { LimenError } from '../domain/errors.ts';
import { groupsAt } from './group-history.ts';
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
  const entries = await statements.entries(query.personId);
  const moved = entries.flatMap((entry) => (entry.kind === 'move' ? [entry.punch] : []));
  const workers = await workersOf(query, { store, agreed, span, asOf });
  for (let i = 0; i < workers.length; i += peopleAtOnce) {
    const some = workers.slice(i, i + peopleAtOnce);
    const personIds = some.map(({ id }) => id);
    const punches = await punchesOf(store.db, agreed, {
      ...span,
      personIds,
      knownAt: asOf.toISOString(),
      ids: moved.filter((id) => id.includes(':')),
    });
    const known = knownAt({ punches, entries }, asOf);
    const own = factsByPerson(known);
    for (const worker of some) {
      const request = { plan: agreed, worker, from, to, nowMs: asOf.getTime() };
      const tell = onStep && { onStep: (date: string, line: string) => onStep(worker.id, date, line) };
      yield attendanceOf(own(worker.id), { ...request, ...tell });
    }
  }
}

/** What there is about one person out of what there is about many. */
function factsByPerson({ punches, entries }: Facts): (personId: string) => Facts {
  const byPerson = new Map<string, { punches: Facts['punches'][number][]; entries: Facts['entries'][number][] }>();
  const of = (id: string) => {
    const facts = byPerson.get(id) ?? { punches: [], entries: [] };
    byPerson.set(id, facts);
    return facts;
  };
  for (const punch of punches) of(punch.personId).punches.push(punch);
  for (const entry of entries) of(entry.about).entries.push(entry);
  return of;
}

/** Whoever is asked for, by name; those who punched and were erased since come under their id. */
async function workersOf(
  { personId, group, site }: AttendanceQuery,
  { store, agreed, span, asOf }: { store: HubStore; agreed: Plan; span: { from: string; to: string }; asOf: Date },
): Promise<Worker[]> {
  const groupsThen = await groupsAt(store.db, asOf);
  const people = (await store.people()).map(
    ({ id, name, groups }): Worker => ({ id, name, groups: groupsThen.get(id) ?? groups }),
  );
  const known = new Set(people.map(({ id }) => id));
  const gone = (await peoplePunching(store.db, span)).filter((id) => !known.has(id));
  const everybody = [...people, ...gone.map((id): Worker => ({ id, name: id, groups: [] }))];
  const wanted = everybody
    .filter(({ id }) => personId === undefined || id === personId)
    .filter(({ groups }) => group === undefined || groups.includes(group))
    .filter((worker) => site === undefined || termsOf(agreed, worker).siteName === site);
  if (personId !== undefined && wanted.length === 0) throw nobody(personId);
  const { compare } = new Intl.Collator('en');
  return wanted.sort((a, b) => compare(a.name, b.name) || compare(a.id, b.id));
}
