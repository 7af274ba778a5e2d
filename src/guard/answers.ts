import type { Factor } from '../access/rules/rules.ts';
import type { Person } from '../domain/person.ts';
import type { Evidence, FinalVerdict, Verdict } from '../domain/verdict.ts';

/** Somebody, and what speaks for them so far. */
interface Bearer {
  readonly person: Person;
  readonly proven: ReadonlySet<Factor>;
}

/** A PIN or a card is waited for. */
export const asking: Verdict = { kind: 'undecided', guidance: 'second-factor' };
/** Somebody else is waited for. */
export const secondPerson: Verdict = { kind: 'undecided', guidance: 'second-person' };
/** Why nobody passes by a gallery that is too old. */
export const galleryTooOld = {
  reason: 'gallery-expired',
  by: 'gallery.refuseAfterDays',
  says: 'The hub has not confirmed for too long who may pass.',
} as const;

/** What was awaited did not come, or did not agree. */
export function refusal({ person, proven }: Bearer, says: string, evidence: Evidence): FinalVerdict {
  const access = { rule: 'answerWithinMs', says, factors: [...proven] };
  return { kind: 'deny', reason: 'second-factor', personId: person.id, evidence: { ...evidence, access } };
}
