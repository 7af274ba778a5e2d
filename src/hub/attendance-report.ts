import { type Attendance, attendanceOf, factsNeededFor } from '../attendance/attendance.ts';
import { datedTerms, type Worker } from '../attendance/dated-terms.ts';
import { type Facts, knownAt } from '../attendance/facts.ts';
import { movesIn } from '../attendance/ledger.ts';
import { siteOfTerminal } from '../attendance/plan.ts';
import { type PlanTakenBack, type PlanVersions, versionOn } from '../attendance/plan-version.ts';
import { dateAt } from '../attendance/wall-clock.ts';
import { gonePeople, plansOfGone } from './gone-people.ts';
import type { HubStore } from './hub-store.ts';
import { punchesOf, type SiteOf } from './punch-book.ts';
import { nobody } from './sayable.ts';
import type { StatementBook } from './statement-book.ts';
import { enrolledPeople, type Listed, workersOf } from './worker-book.ts';

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

interface Parts {
  readonly store: HubStore;
  readonly statements: StatementBook;
  readonly plans: PlanVersions;
  /** By which plan a day would be counted, had it not been taken back. */
  readonly planTakenBack: (date: string) => PlanTakenBack | null;
  readonly asOf: Date;
}

/** People whose punches are in memory at a time. */
const peopleAtOnce = 250;

/** Person by person, by name; of everybody else no more than the name is in memory. @throws LimenError `usage.invalid`. */
export async function* reportOf(query: AttendanceQuery, parts: Parts): AsyncGenerator<Attendance> {
  const { store, planTakenBack, asOf } = parts;
  const span = spanOf(query);
  const people = await everybody(query, { store, span, asOf });
  const known = { ...parts, query, span };
  let found = 0;
  for (let i = 0; i < people.length; i += peopleAtOnce) {
    for (const { worker, facts, plans } of await knownOf(people.slice(i, i + peopleAtOnce), known)) {
      if (plans === null || !isAskedFor(worker, { query, plans, facts })) continue;
      found += 1;
      const tell = query.onStep && {
        onStep: (date: string, line: string) => query.onStep?.(worker.id, date, line),
      };
      const { from, to } = query;
      yield attendanceOf(facts, { ...{ plans, worker, from, to, nowMs: asOf.getTime() }, planTakenBack, ...tell });
    }
  }
  if (query.personId !== undefined && found === 0) throw nobody(query.personId);
}

interface Span {
  readonly from: string;
  readonly to: string;
}

function spanOf({ from, to }: AttendanceQuery): Span {
  const days = factsNeededFor({ from, to });
  return { from: `${days.from}T00:00:00.000Z`, to: `${days.to}T23:59:59.999Z` };
}

/** Whoever is enrolled, and who may have worked in the time and was erased since, under their id; by name. */
async function everybody(
  { personId }: AttendanceQuery,
  { store: { db }, span, asOf }: Pick<Parts, 'store' | 'asOf'> & { readonly span: Span },
): Promise<Listed[]> {
  const people = await enrolledPeople(db, personId);
  const all = [...people, ...(await gonePeople(db, { ...span, personId, asOf, enrolled: people }))];
  const { compare } = new Intl.Collator('en');
  return all.sort((a, b) => compare(a.name, b.name) || compare(a.id, b.id));
}

interface Known {
  readonly worker: Worker;
  readonly facts: Facts;
  /** By which they are counted; `null` where the period has nothing of theirs. */
  readonly plans: PlanVersions | null;
}

/** What the books knew about each of some people. */
async function knownOf(
  people: readonly Listed[],
  { store, statements, plans, asOf, query, span }: Parts & { readonly query: AttendanceQuery; readonly span: Span },
): Promise<Known[]> {
  const personIds = people.map(({ id }) => id);
  const said = await statements.entries(personIds);
  const entries = byPerson(said, ({ about }) => about);
  const ids = said.flatMap((entry) => (entry.kind === 'move' && entry.punch.includes(':') ? [entry.punch] : []));
  const siteOf: SiteOf = (terminal, ms) => siteOfTerminal(versionOn(plans, dateAt(ms, 'UTC')).plan, terminal);
  const known = { ...span, personIds, ids, knownAt: asOf.toISOString(), siteOf };
  const punches = byPerson(await punchesOf(store.db, known), ({ personId }) => personId);
  return (await workersOf(store.db, { people, at: asOf })).map((worker, i) => {
    const facts = knownAt({ punches: punches(worker.id), entries: entries(worker.id) }, asOf);
    const gone = people[i]?.gone;
    if (gone === undefined) return { worker, facts, plans };
    return {
      worker,
      facts,
      plans: plansOfGone({ ...gone, asOf, plans, worker, facts, from: query.from, to: query.to }),
    };
  });
}

/** On any day of the period. */
function isAskedFor(
  worker: Worker,
  { query, plans, facts }: { readonly query: AttendanceQuery; readonly plans: PlanVersions; readonly facts: Facts },
): boolean {
  const { group, site } = query;
  if (group === undefined && site === undefined) return true;
  return datedTerms({ plans, worker, moves: movesIn(facts.entries) })
    .within(query)
    .some(
      ({ groups, terms }) =>
        (group === undefined || groups.includes(group)) && (site === undefined || terms.siteName === site),
    );
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
