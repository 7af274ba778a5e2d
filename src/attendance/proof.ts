import type { Punch } from './facts.ts';

/**
 * By what whoever punched was known, in words: `card, after the face was refused (unknown)`. Empty for a face alone, which
 * is how everybody punches, and where nobody says.
 */
export function proofInWords({
  verifiedBy = ['face'],
  afterRefusal,
}: Pick<Punch, 'verifiedBy' | 'afterRefusal'>): string {
  const factors = verifiedBy.join(' and ');
  if (afterRefusal !== undefined) return `${factors}, after the face was refused (${afterRefusal})`;
  return factors === 'face' ? '' : factors;
}
