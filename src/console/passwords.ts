import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { LimenError } from '../domain/errors.ts';

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

/** scrypt (RFC 7914) with 32 MiB, three times over: what OWASP's Password Storage Cheat Sheet asks for at this size. */
const cost = { N: 2 ** 15, r: 8, p: 3 } as const;
const hashBytes = 32;
const leastLength = 10;
const mostLength = 200;

/**
 * The hash of a password, with its parameters: `scrypt$N$r$p$salt$hash`, so that stronger ones can follow.
 *
 * @throws LimenError `account.password-weak`.
 */
export async function hashPassword(password: string): Promise<string> {
  assertStrong(password);
  const salt = randomBytes(16);
  const hash = await derived(password, { salt, ...cost });
  return `scrypt$${cost.N}$${cost.r}$${cost.p}$${salt.toString('base64')}$${hash.toString('base64')}`;
}

/** Whether this is the password; `null` for nobody's, which takes as long and is never right. */
export async function isPassword(password: string, stored: string | null): Promise<boolean> {
  const [, N, r, p, salt = '', hash = ''] = (stored ?? nobodys).split('$');
  const expected = Buffer.from(hash, 'base64');
  const options = { salt: Buffer.from(salt, 'base64'), N: Number(N), r: Number(r), p: Number(p) };
  return timingSafeEqual(await derived(password, options), expected) && stored !== null;
}

const nobodys = `scrypt$${cost.N}$${cost.r}$${cost.p}$${Buffer.alloc(16).toString('base64')}$${Buffer.alloc(hashBytes).toString('base64')}`;

function derived(
  password: string,
  { salt, N, r, p }: { salt: Buffer; N: number; r: number; p: number },
): Promise<Buffer> {
  // One password may be typed in two ways that look the same.
  const text = password.normalize('NFKC').slice(0, mostLength);
  return derive(text, salt, hashBytes, { N, r, p, maxmem: 256 * r * N });
}

/** Length is what counts (NIST SP 800-63B): no rules about signs. */
function assertStrong(password: string): void {
  const hint = 'Three or four words that have nothing to do with each other are long, and easy to keep in mind.';
  if (password.length < leastLength || password.length > mostLength) {
    throw new LimenError('account.password-weak', `A password has ${leastLength} to ${mostLength} characters.`, {
      hint,
    });
  }
  if (new Set(password).size < 5)
    throw new LimenError('account.password-weak', 'This password is one sign over and over.', { hint });
}
