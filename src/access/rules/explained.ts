import type { Decision } from './authorise.ts';
import { remainingMs } from './lock-out.ts';
import type { Memory } from './memory.ts';

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
