import type { Stretch } from '../domain/stretches.ts';

/**
 * What a site has agreed about working time. Plain data: `config/attendance-schema.ts` reads it from YAML. Days are
 * `YYYY-MM-DD`, times of day `HH:MM` on the wall clock of the site.
 */
export interface Plan {
  readonly sites: Table<Site>;
  /** Calendars by name: `2026-12-25` once, `12-25` every year; paid, the time of the shift is credited. */
  readonly holidays: Table<{ readonly dates: readonly string[]; readonly paid: boolean }>;
  readonly shifts: Table<Shift>;
  readonly rotas: Table<Rota>;
  readonly policies: Table<Policy>;
  /** Who works by what; the first group that a person is in decides, `people` goes before `groups`. */
  readonly groups: Table<Assignment>;
  readonly people: Table<Assignment & { readonly employed?: readonly Employment[] | undefined }>;
  /** For everybody else; without it they have no plan: what they work is counted, and nothing is expected. */
  readonly everybody?: Assignment | undefined;
  /** How long nobody is faster from one site to another; both ways. */
  readonly travel: readonly { readonly between: readonly [string, string]; readonly minutes: number }[];
}

type Table<T> = Readonly<Record<string, T>>;

export interface Site {
  /** IANA name. */
  readonly timeZone: string;
  /** Terminals that stand there; one that no site names belongs to the only site, or to none. */
  readonly terminals?: readonly string[] | undefined;
  /** Names of calendars. */
  readonly holidays?: readonly string[] | undefined;
}

/** Fixed: one stretch, or several of a split shift in their order. Flexible: so many minutes, whenever, with a core time at most. */
export type Shift =
  | { readonly kind: 'fixed'; readonly stretches: readonly Stretch[] }
  | { readonly kind: 'flexible'; readonly minutes: number; readonly core?: Stretch | undefined };

/** A cycle of days from a first day on, for ever: shift names, `null` for a day off. A week is a cycle of seven. */
export interface Rota {
  readonly from: string;
  readonly days: readonly (string | null)[];
}

export interface Assignment {
  readonly site?: string | undefined;
  readonly rota?: string | undefined;
  readonly policy?: string | undefined;
}

/** From a day, to a day included; open ends are left out. */
export interface Employment {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export interface Rounding {
  /** Minutes of the grid on the wall clock; a divisor of 60. */
  readonly toMinutes: number;
  readonly mode: 'nearest' | 'up' | 'down';
}

/** Overtime beyond so many minutes of a day or a week, or any work on days off or holidays. */
export interface OvertimeTier {
  readonly name: string;
  readonly on: 'day' | 'week' | 'day-off' | 'holiday';
  /** For `day` and `week`. */
  readonly afterMinutes?: number | undefined;
  /** What payroll multiplies by; limen only passes it on. */
  readonly factor: number;
}

/** How worked time is counted. What is left out changes nothing. */
export interface Policy {
  readonly roundIn?: Rounding | undefined;
  readonly roundOut?: Rounding | undefined;
  /** Time before and after a fixed shift: counted, or only once somebody approved it. */
  readonly earlyArrival: 'counts' | 'needs-approval';
  readonly lateDeparture: 'counts' | 'needs-approval';
  readonly overtimeCounts: 'always' | 'when-approved';
  /** Minutes after the beginning, and before the end, that nobody is blamed for. */
  readonly lateAfterMinutes: number;
  readonly earlyLeaveMinutes: number;
  readonly breaks: {
    /** Of breaks that were punched, so many minutes a day are paid. */
    readonly paidMinutes: number;
    /** Whoever works longer than `afterMinutes` has had a break of so many minutes, punched or not. */
    readonly automatic: readonly { readonly afterMinutes: number; readonly minutes: number }[];
  };
  readonly overtime: readonly OvertimeTier[];
  /** No stretch of work lasts longer: an IN that old lacks its OUT. */
  readonly longestMinutes: number;
  /** The same punch again within this time is the same punch. */
  readonly doubledWithinMinutes: number;
  /** Work that belongs to no shift is of the day on which it began; the day begins at this time. */
  readonly dayBegins: string;
}

/** What counts where no policy is named: the bare time between punches. */
export const plainPolicy: Policy = {
  earlyArrival: 'counts',
  lateDeparture: 'counts',
  overtimeCounts: 'always',
  lateAfterMinutes: 0,
  earlyLeaveMinutes: 0,
  breaks: { paidMinutes: 0, automatic: [] },
  overtime: [],
  longestMinutes: 16 * 60,
  doubledWithinMinutes: 5,
  dayBegins: '00:00',
};

/** What holds for one person. */
export interface Terms {
  /** Whose shifts and calendars these are. */
  readonly plan: Plan;
  readonly siteName: string | null;
  readonly site: Site;
  readonly rota: Rota | null;
  readonly policy: Policy;
  readonly policyName: string | null;
  readonly employed: readonly Employment[] | null;
}

const nowhere: Site = { timeZone: 'UTC' };

/** Who somebody is to the plan: their own assignment, then their groups', then everybody's; each key by itself. */
export function termsOf(plan: Plan, person: { readonly id: string; readonly groups: readonly string[] }): Terms {
  const own = plan.people[person.id];
  const group = Object.entries(plan.groups).find(([name]) => person.groups.includes(name))?.[1];
  const of = (key: keyof Assignment) => own?.[key] ?? group?.[key] ?? plan.everybody?.[key];
  const onlySite = Object.keys(plan.sites).length === 1 ? Object.keys(plan.sites)[0] : undefined;
  const siteName = of('site') ?? onlySite ?? null;
  const policyName = of('policy') ?? null;
  const rota = of('rota');
  return {
    plan,
    siteName,
    site: (siteName === null ? undefined : plan.sites[siteName]) ?? nowhere,
    rota: (rota === undefined ? undefined : plan.rotas[rota]) ?? null,
    policy: (policyName === null ? undefined : plan.policies[policyName]) ?? plainPolicy,
    policyName,
    employed: own?.employed ?? null,
  };
}

/** The site of a terminal; `null` where the plan does not say. */
export function siteOfTerminal(plan: Pick<Plan, 'sites'>, terminal: string): string | null {
  const names = Object.keys(plan.sites);
  const named = names.find((name) => plan.sites[name]?.terminals?.includes(terminal));
  return named ?? (names.length === 1 ? (names[0] as string) : null);
}
