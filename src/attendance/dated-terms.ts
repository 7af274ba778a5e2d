import { type Plan, type Terms, termsOf } from './plan.ts';
import { dateAt } from './wall-clock.ts';

/** Somebody whose time is counted. */
export interface Worker {
  readonly id: string;
  readonly name: string;
  readonly groups: readonly string[];
  /** In which groups they were before, oldest first, each until an instant (ISO 8601 UTC). */
  readonly formerly?: readonly { readonly until: string; readonly groups: readonly string[] }[];
}

/** What holds for somebody from a day on (`YYYY-MM-DD`; empty: always), until the next of them. */
export interface TermsSince {
  readonly from: string;
  readonly groups: readonly string[];
  readonly terms: Terms;
}

/** What holds for somebody, day by day. */
export interface DatedTerms {
  on(date: string): Terms;
  /** On the day that it is then where they work. */
  at(ms: number): Terms;
  /** What holds on any day of a period, in order; never empty. */
  within(period: { readonly from: string; readonly to: string }): readonly TermsSince[];
}

/**
 * What a plan says about somebody whose groups may have changed: a change counts from the day on which it was made, on the
 * calendar of where they work from then on; of several on a day the last one. The days before keep what held then.
 */
export function datedTerms(plan: Plan, worker: Worker): DatedTerms {
  const all: TermsSince[] = [];
  const { formerly = [] } = worker;
  for (const [i, groups] of [...formerly.map((one) => one.groups), worker.groups].entries()) {
    const terms = termsOf(plan, { id: worker.id, groups });
    const since = formerly[i - 1]?.until;
    const from = since === undefined ? '' : dateAt(Date.parse(since), terms.site.timeZone);
    // A day over there may be a day behind: nothing begins before what it follows.
    const before = all.at(-1);
    all.push({ groups, terms, from: before !== undefined && from < before.from ? before.from : from });
  }
  const last = (holds: (one: TermsSince) => boolean) => (all.findLast(holds) ?? (all[0] as TermsSince)).terms;
  return {
    on: (date) => last(({ from }) => from <= date),
    at: (ms) =>
      all.length === 1
        ? (all[0] as TermsSince).terms
        : last(({ from, terms }) => from <= dateAt(ms, terms.site.timeZone)),
    within: ({ from, to }) =>
      all.filter(
        (one, i) => one.from <= to && (all[i + 1]?.from ?? '9999-99-99') > from && one.from !== all[i + 1]?.from,
      ),
  };
}
