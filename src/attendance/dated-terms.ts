import type { Entry } from './facts.ts';
import { inTurn } from './in-turn.ts';
import { type Terms, termsOf } from './plan.ts';
import { type PlanVersion, type PlanVersions, versionOn } from './plan-version.ts';
import { dateAt, instantAt } from './wall-clock.ts';

/** Somebody whose time is counted. */
export interface Worker {
  readonly id: string;
  readonly name: string;
  /** Those that the books heard of last. */
  readonly groups: readonly string[];
  /** In which groups they were before, oldest first, each until an instant (ISO 8601 UTC). */
  readonly formerly?: readonly { readonly until: string; readonly groups: readonly string[] }[];
}

/** That somebody is in groups from a day on, whenever it was said. */
export type Move = Extract<Entry, { kind: 'groups' }>;

/** What holds for somebody from a day on (`YYYY-MM-DD`; empty: always), until the next of them. */
export interface TermsSince {
  readonly from: string;
  readonly groups: readonly string[];
  /** What put them into these groups; `null` where the books heard of it on the day itself. */
  readonly move: Move | null;
  readonly version: PlanVersion;
  readonly terms: Terms;
}

/** What holds for somebody, day by day. */
export interface DatedTerms {
  on(date: string): TermsSince;
  /** On the day that it is then where they work. */
  at(ms: number): TermsSince;
  /** What holds on any day of a period, in order; never empty. */
  within(period: { readonly from: string; readonly to: string }): readonly TermsSince[];
  /** When something else begins to hold after an instant; both in milliseconds since 1970. `null`: never. */
  nextAfter(ms: number): number | null;
}

export interface TermsOptions {
  readonly plans: PlanVersions;
  readonly worker: Worker;
  /** Those of this person that were not taken back. */
  readonly moves: readonly Move[];
}

/**
 * What plans say about somebody whose groups may have changed. A change that the books only heard of counts from the day on
 * which that was, on the calendar of where they work from then on; a move, from its own day. The days before keep what
 * held then; which takes the place of which: {@link inTurn}.
 */
export function datedTerms(options: TermsOptions): DatedTerms {
  const { plans, worker } = options;
  const groups = groupsInTurn(options);
  const days = [...new Set([...groups.map(({ from }) => from), ...plans.map(({ from = '' }) => from)])].sort();
  const all = days.map((from): TermsSince => {
    const held = groups.findLast((one) => one.from <= from) as GroupsFrom;
    const version = versionOn(plans, from);
    const { groups: names, move } = held;
    return { from, groups: names, move, version, terms: termsOf(version.plan, { id: worker.id, groups: names }) };
  });
  const last = (holds: (one: TermsSince) => boolean) => all.findLast(holds) ?? (all[0] as TermsSince);
  return {
    on: (date) => last(({ from }) => from <= date),
    at: (ms) =>
      all.length === 1 ? (all[0] as TermsSince) : last(({ from, terms }) => from <= dateAt(ms, terms.site.timeZone)),
    within: ({ from, to }) => all.filter((one, i) => one.from <= to && (all[i + 1]?.from ?? '9999-99-99') > from),
    nextAfter: (ms) => {
      const beginnings = all.map(({ from, terms }) =>
        from === '' ? 0 : instantAt(from, '00:00', terms.site.timeZone),
      );
      return beginnings.find((beginning) => beginning > ms) ?? null;
    },
  };
}

interface GroupsFrom {
  readonly from: string;
  readonly saidOn: string;
  readonly groups: readonly string[];
  readonly move: Move | null;
}

function groupsInTurn({ plans, worker, moves }: TermsOptions): GroupsFrom[] {
  const { formerly = [] } = worker;
  const heard = [...formerly.map((one) => one.groups), worker.groups].map((groups, i) => {
    return { at: formerly[i - 1]?.until ?? '', groups, move: null };
  });
  const moved = moves.map((move) => ({ at: move.recordedAt, groups: move.groups, move }));
  const said: GroupsFrom[] = [];
  for (const { at, groups, move } of inOrder([...heard, ...moved])) {
    const day = at === '' ? '' : dayThere({ at, groups }, { plans, worker });
    // A day over there may be a day behind: nothing is said before what it follows.
    const before = said.at(-1)?.saidOn ?? '';
    const saidOn = day < before ? before : day;
    said.push({ from: move?.from ?? saidOn, saidOn, groups, move });
  }
  return inTurn(said);
}

/** In the order of saying. Moves keep theirs, also where the clock of the hub went back between two of them. */
function inOrder<T extends { readonly at: string; readonly move: Move | null }>(all: readonly T[]): T[] {
  const moves = all
    .filter(({ move }) => move !== null)
    .sort((a, b) => ((a.move as Move).id < (b.move as Move).id ? -1 : 1));
  const rest = all.filter(({ move }) => move === null);
  const merged: T[] = [];
  for (const move of moves) {
    while (rest[0] !== undefined && rest[0].at <= move.at) merged.push(rest.shift() as T);
    merged.push(move);
  }
  return [...merged, ...rest];
}

function dayThere(
  { at, groups }: { readonly at: string; readonly groups: readonly string[] },
  { plans, worker }: Pick<TermsOptions, 'plans' | 'worker'>,
): string {
  const { plan } = versionOn(plans, at.slice(0, 10));
  return dateAt(Date.parse(at), termsOf(plan, { id: worker.id, groups }).site.timeZone);
}
