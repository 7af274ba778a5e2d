import type { Decision } from './authorise.ts';
import { remainingMs } from './lock-out.ts';
import type { Memory } from './memory.ts';
import { named, type Rules } from './rules.ts';

/** A decision in two sentences: what would happen, and why, or on what it depends. */
export function decisionInWords({ outcome, decisive, findings }: Decision): {
  readonly head: string;
  readonly says: string;
} {
  if (outcome === 'refuse') return { head: 'Would not pass.', says: decisive?.says ?? '' };
  const conditions = findings.filter(({ outcome: one }) => one === 'asks' || one === 'depends').map(({ says }) => says);
  return { head: conditions.length === 0 ? 'Would pass.' : 'Would pass, provided:', says: conditions.join(' ') };
}

/** How long a person's PIN, and everything at a terminal, is refused yet; 0 when it is not. */
export function lockedMsOf(
  { failures }: Memory,
  { person, terminal, now }: { readonly person: string; readonly terminal: string; readonly now: Date },
): number {
  const waits = [`person:${person}`, `terminal:${terminal}`].flatMap((key) => failures[key] ?? []);
  return Math.max(0, ...waits.map((one) => remainingMs(one, { nowMs: now.getTime(), trusted: true })));
}

/** What becomes of free access at a terminal whose clock nobody has set; `null` where there is none. */
export function freeAccessWithoutClock({ freeAccess }: Rules, terminal: string): string | null {
  const names = named(freeAccess).flatMap(([name, { terminals }]) => (terminals.includes(terminal) ? [name] : []));
  if (names.length === 0) return null;
  return `Free access (${names.join(', ')}) does not begin: no time server has set the clock since the start. See door.freeAccessByUnsetClock.`;
}
