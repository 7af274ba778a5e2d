import type { DenialReason, FinalVerdict } from '../domain/verdict.ts';
import type { Advice } from './message.ts';

type Denial = Extract<FinalVerdict, { kind: 'deny' }>;

/**
 * What the rules refuse, told to the person whom they refuse. What is not listed is told to nobody: it says which check
 * failed, and so how to pass the next one.
 */
const adviceFor: Partial<Record<DenialReason, Advice>> = {
  'out-of-schedule': 'not-at-this-time',
  'not-authorised-here': 'not-here',
  expired: 'not-valid',
  'not-yet-valid': 'not-valid',
  'anti-passback': 'already-inside',
  interlock: 'other-door-open',
  'locked-out': 'wait-a-while',
  'second-factor': 'factor-missing',
  'two-person': 'second-person',
  'gallery-expired': 'not-ready',
  'no-rules': 'not-ready',
};

/** Refused before any rule was asked, of somebody who was recognised and found alive: see `DenialReason`. */
const ofValidity: readonly DenialReason[] = ['expired', 'not-yet-valid'];

/**
 * What a denial may tell. Only a face that was recognised and found alive is told more than `not-admitted`: a stranger, a
 * picture of somebody, a card or a PIN in the wrong hands all see the very same, so that nobody learns from the screen who
 * is enrolled, whose card it is, or what was wrong.
 */
export function adviceOn({ reason, personId, evidence }: Denial): Advice {
  const isProven = personId !== null && (ofValidity.includes(reason) || evidence.access?.factors.includes('face'));
  return (isProven && adviceFor[reason]) || 'not-admitted';
}
