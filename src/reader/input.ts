import { idPattern } from '../domain/person.ts';
import { type CardFormat, cardNumber } from './card-number.ts';

/** What somebody did at a reader. */
export type ReaderInput =
  | { readonly kind: 'card'; readonly number: string }
  | { readonly kind: 'pin'; readonly digits: string }
  /** A PIN, and whose it is said to be. */
  | { readonly kind: 'claim'; readonly personId: string; readonly digits: string }
  /** A key of a time clock: up to three letters and digits, in capitals. */
  | { readonly kind: 'key'; readonly code: string };

/** What the lines of a reader are. */
export interface ReaderLines {
  readonly gives: 'card' | 'pin' | 'both';
  readonly card: CardFormat;
}

/**
 * What a line means; `null` for noise. A keypad gives `2580`, or `1001*2580` for the PIN of somebody who says who they are;
 * a `#` at the end is the key that ends it. What is too short for a PIN is a key of a time clock: `1#`, `F2`. Where a reader
 * gives cards and PINs, they and keys are told apart by a word before them.
 */
export function inputFrom(line: string, { gives, card }: ReaderLines): ReaderInput | null {
  const [, word = gives === 'both' ? '' : gives, text = ''] = /^(?:(card|pin|key)\s+)?(.*)$/i.exec(line.trim()) ?? [];
  if (word.toLowerCase() === 'card') {
    const number = gives === 'pin' ? null : cardNumber(text, card);
    return number === null ? null : { kind: 'card', number };
  }
  const key = gives === 'card' || word === '' ? null : /^([0-9a-z]{1,3})#?$/i.exec(text);
  if (key?.[1] !== undefined) return { kind: 'key', code: key[1].toUpperCase() };
  if (word.toLowerCase() === 'key') return null;
  const keyed = gives === 'card' ? null : /^(?:([^*\s]+)\*)?(\d{4,12})#?$/.exec(text);
  if (keyed === null) return null;
  const [, personId, digits = ''] = keyed;
  if (personId === undefined) return word === '' ? null : { kind: 'pin', digits };
  return idPattern.test(personId) ? { kind: 'claim', personId, digits } : null;
}
