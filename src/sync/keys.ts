import { generateKeyPairSync, randomBytes, webcrypto } from 'node:crypto';
import { type CryptoKey, calculateJwkThumbprint, importJWK } from 'jose';
import { z } from 'zod';
import { LimenError, messageOf } from '../domain/errors.ts';

const bytes32 = z.string().regex(/^[\w-]{43}$/, 'expected 32 bytes in base64url');

/** Public half of a signing key (RFC 8037): the hub's, or a terminal's. Strict: a private half does not pass as one. */
export const publicSigningJwk = z.strictObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: bytes32 });
/** Public half of the key that the hub sends a terminal new keys under. */
export const publicAgreementJwk = z.strictObject({ kty: z.literal('OKP'), crv: z.literal('X25519'), x: bytes32 });
export const privateSigningJwk = publicSigningJwk.extend({ d: bytes32 });
export const privateAgreementJwk = publicAgreementJwk.extend({ d: bytes32 });
/** The key of a site: 256 random bits. */
export const siteJwk = z.strictObject({ kty: z.literal('oct'), k: bytes32 });

export type PublicSigningJwk = z.infer<typeof publicSigningJwk>;
export type PublicAgreementJwk = z.infer<typeof publicAgreementJwk>;
export type PrivateSigningJwk = z.infer<typeof privateSigningJwk>;
export type PrivateAgreementJwk = z.infer<typeof privateAgreementJwk>;
export type SiteJwk = z.infer<typeof siteJwk>;

/** A key with its name: the RFC 7638 thumbprint, of the public half where there is one. Imported once, used often. */
export interface NamedKey {
  readonly id: string;
  readonly key: CryptoKey;
}
/** Encrypts; every terminal and the hub of a site hold the same 32 bytes. */
export type SiteKey = NamedKey;

/** What opens the hub's messages. During a change two keys of a kind are valid; the first site key is sealed with. */
export interface TrustedKeys {
  readonly hub: readonly NamedKey[];
  readonly site: readonly SiteKey[];
}

/** What the hub holds. */
export interface HubKeys extends TrustedKeys {
  readonly signing: NamedKey;
}

/** What one terminal alone holds: it signs with the one, and gets new keys under the other. */
export interface OwnKeys {
  readonly signing: NamedKey;
  readonly agreement: CryptoKey;
}

export function makeSigningJwk(): PrivateSigningJwk {
  return privateSigningJwk.parse(generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }));
}

export function makeAgreementJwk(): PrivateAgreementJwk {
  return privateAgreementJwk.parse(generateKeyPairSync('x25519').privateKey.export({ format: 'jwk' }));
}

export function makeSiteJwk(): SiteJwk {
  return { kty: 'oct', k: randomBytes(32).toString('base64url') };
}

/** A key without what must stay secret. */
export function publicHalf<K extends { readonly d?: string | undefined }>({ d: _secret, ...open }: K): Omit<K, 'd'> {
  return open;
}

/** Both halves of a signing key have the same name. */
export function keyId(jwk: PublicSigningJwk | PrivateSigningJwk | SiteJwk): Promise<string> {
  return calculateJwkThumbprint('d' in jwk ? publicHalf(jwk) : jwk);
}

/** @throws LimenError `key.invalid` for numbers that are no key, or two halves that do not belong together. */
export async function importSigning(jwk: PublicSigningJwk | PrivateSigningJwk): Promise<NamedKey> {
  try {
    return { id: await keyId(jwk), key: (await importJWK(jwk, 'EdDSA')) as CryptoKey };
  } catch (cause) {
    throw invalid('an Ed25519 key', cause);
  }
}

/** @throws LimenError `key.invalid`. */
export async function importAgreement(jwk: PublicAgreementJwk | PrivateAgreementJwk): Promise<CryptoKey> {
  try {
    return (await importJWK(jwk, 'ECDH-ES+A256KW')) as CryptoKey;
  } catch (cause) {
    throw invalid('an X25519 key', cause);
  }
}

export async function importSite(jwk: SiteJwk): Promise<SiteKey> {
  const bytes = Buffer.from(jwk.k, 'base64url');
  const key = await webcrypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']);
  return { id: await keyId(jwk), key };
}

function invalid(what: string, cause: unknown): LimenError {
  return new LimenError('key.invalid', `What should be ${what} is none: ${messageOf(cause)}.`, {
    hint: 'Keys are made by `limen hub init` and `limen hub provision`; a file that was changed by hand is of no use.',
    cause,
  });
}
