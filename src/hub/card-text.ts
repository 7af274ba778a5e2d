import { LimenError } from '../domain/errors.ts';
import { cardNumber } from '../reader/card-number.ts';

/** A card as an administrator writes it. @throws LimenError `usage.invalid`. */
export function cardFrom(text: string): string {
  const number = cardNumber(text, 'number');
  if (number !== null) return number;
  throw new LimenError('usage.invalid', `"${text}" is no card number.`, {
    hint: 'Write it as facility and number, 123-45678, or as digits; the journal names cards that are refused only by a fingerprint.',
  });
}
