import { inTurn } from './in-turn.ts';
import { inForce } from './ledger.ts';
import type { Plan } from './plan.ts';
import { dateAt } from './wall-clock.ts';

/** A plan as it was set, and the days that it is for. Signed, and never altered. */
export interface PlanVersion {
  readonly id: string;
  readonly recordedAt: string;
  readonly author: string;
  readonly reason: string;
  /** The first day that it counts for, `YYYY-MM-DD`; left out, every day. */
  readonly from?: string | undefined;
  readonly plan: Plan;
}

/** What somebody said about how working time is counted: a plan, or that one is taken back. It is about nobody in particular. */
export type PlanSaid = { readonly about: null } & (
  | (PlanVersion & { readonly kind: 'plan' })
  | (PlanSigned & { readonly kind: 'reverse'; readonly entry: string })
);

type PlanSigned = Omit<PlanVersion, 'plan' | 'from'>;

/** A plan that counts no more, and who took it back. */
export interface PlanTakenBack {
  readonly plan: PlanVersion;
  readonly by: PlanSigned;
}

/** The plans that were set and not taken back, in the order of setting. */
export function plansInForce(said: readonly PlanSaid[]): PlanVersion[] {
  return inForce(said).filter((one) => one.kind === 'plan');
}

/** The plan by which a day would be counted, had it not been taken back; `null` where it makes no difference. */
export function plansTakenBack(said: readonly PlanSaid[]): (date: string) => PlanTakenBack | null {
  const entries = inForce(said);
  const would = versionsInTurn(said.filter((one) => one.kind === 'plan'));
  return (date) => {
    const plan = would && versionOn(would, date);
    const by = entries.find((one) => one.kind === 'reverse' && one.entry === plan?.id);
    return plan === null || by === undefined ? null : { plan, by };
  };
}

/** The versions by which days are counted, oldest day first; never empty. */
export type PlanVersions = readonly [PlanVersion, ...PlanVersion[]];

/** Which versions count, out of all that were set in the order of setting; `null` where there are none. */
export function versionsInTurn(set: readonly PlanVersion[]): PlanVersions | null {
  const turns = inTurn(
    set.map((version) => ({
      from: version.from ?? '',
      saidOn: lastDay(version.plan, Date.parse(version.recordedAt)),
      version,
    })),
  );
  const [first, ...more] = turns.map(({ version }) => version);
  return first === undefined ? null : [first, ...more];
}

/** By which version a day is counted. The oldest counts for the days before it as well: there is nothing else to go by. */
export function versionOn(versions: PlanVersions, date: string): PlanVersion {
  return versions.findLast(({ from = '' }) => from <= date) ?? versions[0];
}

/** The version that counts on the day that it is at an instant, where it has begun at any site of it. */
export function versionAt(versions: PlanVersions, ms: number): PlanVersion {
  return versions.findLast(({ from = '', plan }) => from <= lastDay(plan, ms)) ?? versions[0];
}

/** The versions by which any day of a period is counted, in order. */
export function versionsWithin(
  versions: PlanVersions,
  { from, to }: { readonly from: string; readonly to: string },
): PlanVersion[] {
  const first = versionOn(versions, from);
  return versions.filter((one) => one === first || ((one.from ?? '') > from && (one.from ?? '') <= to));
}

/** A day is ahead as long as it has begun at no site of the plan. */
function lastDay({ sites }: Plan, ms: number): string {
  const days = Object.values(sites).map(({ timeZone }) => dateAt(ms, timeZone));
  return days.sort().at(-1) ?? dateAt(ms, 'UTC');
}
