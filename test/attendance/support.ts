import { attendanceOf } from '../../src/attendance/attendance.ts';
import type { Entry, EntrySaid, Facts, Punch, PunchCode } from '../../src/attendance/facts.ts';
import { type Plan, type Policy, plainPolicy } from '../../src/attendance/plan.ts';
import type { PlanVersion } from '../../src/attendance/plan-version.ts';

export const hour = 3_600_000;
export const minute = 60_000;

/** Punches of `ada`, written as `in 2026-03-02T07:00Z`; ids count up. */
export function punches(...lines: readonly string[]): Punch[] {
  return lines.map((line, i) => {
    const [code, at, site = 'berlin'] = line.split(' ') as [PunchCode, string, string?];
    const instant = new Date(at).toISOString();
    const where = { terminal: `gate-${site}`, site };
    return {
      id: `gate-${site}:${i + 1}`,
      personId: 'ada',
      at: instant,
      clock: 'synced',
      code,
      ...where,
      recordedAt: instant,
    };
  });
}

let entries = 0;

/** Something that the office said; ids count up. */
export function said(what: EntrySaid, recordedAt = '2026-12-01T00:00:00.000Z'): Entry {
  return {
    ...what,
    id: `01E${String(++entries).padStart(8, '0')}`,
    about: 'ada',
    recordedAt,
    author: 'boss',
    reason: 'as agreed',
  };
}

let plans = 0;

/** A plan that somebody set; ids count up. */
export function set(plan: Plan, { from, on = '2026-01-01' }: { from?: string; on?: string } = {}): PlanVersion {
  const id = `01P${String(++plans).padStart(8, '0')}`;
  return { id, recordedAt: `${on}T12:00:00.000Z`, author: 'boss', reason: 'as agreed', from, plan };
}

/** Berlin and Hanoi; an early, a late, a night, a split and a flexible shift. */
export function plan(change: Partial<Plan> = {}, policy: Partial<Policy> = {}): Plan {
  return {
    sites: {
      berlin: { timeZone: 'Europe/Berlin', terminals: ['gate-berlin'], holidays: ['germany'] },
      hanoi: { timeZone: 'Asia/Ho_Chi_Minh', terminals: ['gate-hanoi'] },
    },
    holidays: { germany: { dates: ['05-01', '12-25'], paid: true } },
    shifts: {
      day: { kind: 'fixed', stretches: [{ from: '08:00', to: '16:30' }] },
      night: { kind: 'fixed', stretches: [{ from: '22:00', to: '06:00' }] },
      split: {
        kind: 'fixed',
        stretches: [
          { from: '06:00', to: '10:00' },
          { from: '16:00', to: '20:00' },
        ],
      },
      flexible: { kind: 'flexible', minutes: 480, core: { from: '10:00', to: '15:00' } },
    },
    rotas: {
      days: { from: '2026-01-05', days: ['day', 'day', 'day', 'day', 'day', null, null] },
      nights: { from: '2026-01-05', days: ['night', 'night', 'night', 'night', 'night', 'night', 'night'] },
      split: { from: '2026-01-05', days: ['split'] },
      flexible: { from: '2026-01-05', days: ['flexible', 'flexible', 'flexible', 'flexible', 'flexible', null, null] },
    },
    policies: { agreed: { ...plainPolicy, ...policy } },
    groups: {},
    people: {},
    everybody: { site: 'berlin', rota: 'days', policy: 'agreed' },
    travel: [],
    ...change,
  };
}

export interface Asked {
  readonly plan?: Plan;
  readonly from: string;
  readonly to?: string;
  readonly now?: string;
  /** Gets the arithmetic of the first day. */
  readonly steps?: string[];
}

/** The attendance of `ada`. */
export function attendance(
  facts: Partial<Facts>,
  { plan: agreed = plan(), from, to = from, now = '2027-01-01T00:00Z', steps = [] }: Asked,
) {
  const worker = { id: 'ada', name: 'Ada', groups: [] };
  // The same plan is the same version, however often it is asked.
  const request = { plans: [{ ...set(agreed), id: '01P' }] as const, worker, from, to, nowMs: Date.parse(now) };
  const onStep = (date: string, line: string) => void (date === from && steps.push(line));
  return attendanceOf({ punches: [], entries: [], ...facts }, { ...request, onStep }).days;
}
