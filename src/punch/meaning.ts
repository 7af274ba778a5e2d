import type { MeaningSource, PunchDirection, PunchMeaning } from '../domain/punch.ts';
import type { LastPunch } from './last-punches.ts';

/** What a punch means that nobody said more about. `ask`: nothing, until somebody does. */
export type PunchRole = 'in' | 'out' | 'alternate' | 'ask';

/** Everything that has a say in what a punch means, the strongest first. */
export interface Sayings {
  /** A key that was pressed. */
  readonly chosen: PunchMeaning | null;
  /** The hours of the day. */
  readonly scheduled: PunchMeaning | null;
  readonly role: PunchRole;
  readonly last: LastPunch | null;
  /** A punch older than this does not say any more whether somebody is in. */
  readonly forgetAfterMs: number;
}

/** What comes after what, where one punch follows from the one before: who is on a break comes back from it. */
const next: Record<PunchDirection, PunchDirection> = {
  in: 'out',
  change: 'out',
  'break-start': 'break-end',
  'break-end': 'out',
  out: 'in',
};

/** What a punch means, and who says so; `null` where somebody has to be asked. Pure. */
export function meaningOf(said: Sayings): (PunchMeaning & { readonly by: MeaningSource }) | null {
  const { chosen, scheduled, role, last, forgetAfterMs } = said;
  if (chosen !== null) return { ...meaning(chosen), by: 'key' };
  if (scheduled !== null) return { ...meaning(scheduled), by: 'schedule' };
  if (role === 'ask') return null;
  if (role !== 'alternate') return { direction: role, by: 'role' };
  // Whoever forgot the OUT of yesterday comes in today: an old punch is no reason to count the night as work.
  const known = last !== null && last.ageMs < forgetAfterMs;
  return { direction: known ? next[last.direction] : 'in', by: 'alternation' };
}

/** Whether two punches say the same. */
export function isSameMeaning(a: PunchMeaning, b: PunchMeaning): boolean {
  return a.direction === b.direction && a.work === b.work;
}

function meaning({ direction, work }: PunchMeaning): PunchMeaning {
  return { direction, ...(work !== undefined && { work }) };
}
