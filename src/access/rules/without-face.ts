import { hasFace, type Person } from '../../domain/person.ts';
import type { Factor, Rules, WithoutFace } from './rules.ts';

/** What somebody has besides a face. */
type Bearer = Pick<Person, 'name' | 'cards' | 'pinHash'> & Partial<Pick<Person, 'templates'>>;
/** What can be shown besides a face. */
export type Proof = Exclude<Factor, 'face'>;
type Terms = Pick<Rules, 'withoutFace' | 'withoutFaceFor'>;

/** The cards and PINs that somebody has. */
export function proofsOf({ cards, pinHash }: Bearer): Proof[] {
  return [
    ...((cards ?? []).length > 0 ? (['card'] as const) : []),
    ...(pinHash === undefined ? [] : (['pin'] as const)),
  ];
}

/**
 * What somebody has shown, as far as they can: who is enrolled without a face shows none, and, where nothing else is
 * said, all that they have.
 */
export function shownBy(person: Person, factors: readonly Factor[]): readonly Factor[] {
  if (hasFace(person)) return factors.length > 0 ? factors : ['face'];
  const shown = factors.filter((factor) => factor !== 'face');
  return shown.length > 0 ? shown : proofsOf(person);
}

/** What the rules let this person pass by without a face. */
function allowedTo({ templates = [] }: Bearer, { withoutFace = 'never', withoutFaceFor }: Terms): WithoutFace {
  return withoutFaceFor === 'those-without' && hasFace({ templates }) ? 'never' : withoutFace;
}

/**
 * What has yet to be shown for the rules to do without a face; empty where this suffices, `null` where nothing would,
 * because of the rules or because somebody has none of it.
 */
export function missingWithoutFace(person: Bearer, proven: ReadonlySet<Factor>, rules: Terms): readonly Proof[] | null {
  const allowed = allowedTo(person, rules);
  if (allowed === 'never') return null;
  const needed: readonly Proof[] = allowed === 'id-and-pin' ? ['pin'] : ['card', 'pin'];
  const missing = needed.filter((factor) => !proven.has(factor));
  return missing.every((factor) => proofsOf(person).includes(factor)) ? missing : null;
}

/** What somebody needs to pass without a face, and whether what they have is enough. One sentence. */
export function wayWithoutFace(person: Bearer, rules: Terms): { readonly suffices: boolean; readonly says: string } {
  const { name } = person;
  const { withoutFace = 'never' } = rules;
  const suffices = missingWithoutFace(person, new Set(), rules) !== null;
  if (withoutFace === 'never') {
    return {
      suffices,
      says: `${name} has no face here, and nobody passes without one: the rules do not say withoutFace.`,
    };
  }
  const needed = withoutFace === 'id-and-pin' ? 'the PIN, after the number or a card' : 'card and PIN';
  const without = `${name} passes without a face by ${needed}`;
  if (suffices) return { suffices, says: `${without}.` };
  const has = proofsOf(person);
  const lacking =
    withoutFace === 'id-and-pin' || has.includes('card') ? 'no PIN' : has.includes('pin') ? 'no card' : 'neither';
  return { suffices, says: `${without}, and has ${lacking}.` };
}
