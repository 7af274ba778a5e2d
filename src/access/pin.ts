import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { LimenError } from '../domain/errors.ts';
import type { Person } from '../domain/person.ts';

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

/**
 * scrypt (RFC 7914) with N = 2^14, r = 8, p = 1: 16 MiB and 30 to 40 ms of one core on a desktop, two to four times that
 * on a Raspberry Pi 4. It runs in Node's thread pool, never on the main thread. A PIN of four digits has ten thousand
 * values: whoever has the hash finds it in minutes. What protects it is that hashes travel and lie encrypted, and that
 * a door allows five attempts.
 */
const cost = { N: 2 ** 14, r: 8, p: 1 } as const;
const hashBytes = 32;
/** Anything costlier is no hash of limen's, and would be a way to keep a terminal busy. */
const mostCost = 2 ** 17;

const pinPattern = /^\d{4,12}$/;
const hashPattern = /^scrypt\$(\d+)\$8\$1\$([A-Za-z0-9+/=]{16,64})\$([A-Za-z0-9+/=]{44})$/;

/** Whether a text is a PIN hash as {@link hashPin} writes it. */
export function isPinHash(text: string): boolean {
  const cost = Number(hashPattern.exec(text)?.[1]);
  return cost >= 2 && cost <= mostCost && Number.isInteger(Math.log2(cost));
}

/**
 * The hash of a PIN: `scrypt$N$r$p$salt$hash`, salt and hash in base64.
 *
 * @throws LimenError `access.pin-invalid` for anything but 4 to 12 digits, and for PINs that everybody tries first.
 */
export async function hashPin(pin: string): Promise<string> {
  if (!pinPattern.test(pin)) {
    throw new LimenError('access.pin-invalid', 'A PIN has 4 to 12 digits.', { hint: 'Choose another one.' });
  }
  if (/^(\d)\1+$/.test(pin) || '01234567890'.includes(pin) || '09876543210'.includes(pin)) {
    throw new LimenError('access.pin-invalid', 'This PIN is among the first that a stranger tries.', {
      hint: 'Take digits that neither repeat nor count.',
    });
  }
  const salt = randomBytes(16);
  const hash = await derive(pin, salt, hashBytes, cost);
  return `scrypt$${cost.N}$${cost.r}$${cost.p}$${salt.toString('base64')}$${hash.toString('base64')}`;
}

/** Nobody's: compared with where somebody has no PIN, so that it takes as long. */
const nobodys = `scrypt$${cost.N}$8$1$${Buffer.alloc(16).toString('base64')}$${Buffer.alloc(hashBytes).toString('base64')}`;

/**
 * Whose PIN this is: the person's own, the one that they enter under duress, or neither. Both are always computed, for
 * nobody as well, and compared in constant time: how long it takes says nothing, to those at the door least of all.
 */
export async function checkPin(
  pin: string,
  person: Pick<Person, 'pinHash' | 'duressPinHash'> | null,
): Promise<'pin' | 'duress' | null> {
  const [own, duress] = await Promise.all([
    matches(pin, person?.pinHash ?? nobodys),
    matches(pin, person?.duressPinHash ?? nobodys),
  ]);
  if (duress && person?.duressPinHash !== undefined) return 'duress';
  return own && person?.pinHash !== undefined ? 'pin' : null;
}

async function matches(pin: string, stored: string): Promise<boolean> {
  const [, n, salt = '', hash = ''] = hashPattern.exec(isPinHash(stored) ? stored : nobodys) ?? [];
  const expected = Buffer.from(hash, 'base64');
  const options = { N: Number(n), r: cost.r, p: cost.p, maxmem: 256 * cost.r * Number(n) };
  const actual = await derive(pin, Buffer.from(salt, 'base64'), hashBytes, options);
  return timingSafeEqual(actual, expected);
}
