import { createPublicKey, generateKeyPairSync, randomBytes, webcrypto } from 'node:crypto';
import { mkdir, open, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type CryptoKey, calculateJwkThumbprint, importJWK, type JWK } from 'jose';
import { LimenError, messageOf, systemCodeOf } from '../domain/errors.ts';
import { assertPrivate } from '../runtime/secrets.ts';

/** The key people are encrypted with; every terminal and the hub of a site hold the same 32 bytes. */
export interface SiteKey {
  readonly id: string;
  /** Imported once: importing it for every message would cost a tenth of a large sync. */
  readonly key: CryptoKey;
}

/** What the hub holds. */
export interface HubKeys {
  /** Thumbprint (RFC 7638) of the public key. */
  readonly id: string;
  readonly signing: CryptoKey;
  readonly verifying: CryptoKey;
  readonly site: SiteKey;
}

/** What a terminal holds: it can check and read, but not forge. */
export type TerminalKeys = Omit<HubKeys, 'signing'>;

/** Where the three keys of a site live. */
export interface KeyFiles {
  /** Signs; never leaves the hub. */
  readonly hubPrivateKeyFile: string;
  /** Verifies; copied to every terminal. */
  readonly hubPublicKeyFile: string;
  /** Encrypts; copied to every terminal, kept secret. */
  readonly siteKeyFile: string;
}

/**
 * Make the keys of a new site (Ed25519 and 256 random bits) and write them as JWK files: secrets 0600, public 0644.
 *
 * @throws LimenError `key.invalid` when one of the files exists: a lost key cannot be made again.
 */
export async function createKeys(files: KeyFiles): Promise<void> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const site = { kty: 'oct', k: randomBytes(32).toString('base64url') };
  await writeNew(files.hubPrivateKeyFile, privateKey.export({ format: 'jwk' }) as JWK, 0o600);
  await writeNew(files.hubPublicKeyFile, publicKey.export({ format: 'jwk' }) as JWK, 0o644);
  await writeNew(files.siteKeyFile, site, 0o600);
}

/** @throws LimenError `key.missing`, `key.invalid`, or `config.secret-exposed` when others may read a secret. */
export async function readHubKeys(files: Omit<KeyFiles, 'hubPublicKeyFile'>): Promise<HubKeys> {
  const file = files.hubPrivateKeyFile;
  const jwk = await readJwk(file, 'secret');
  if (jwk.d === undefined) throw invalid(file, 'it holds no private key');
  const signing = await importEd25519(jwk, file);
  return { ...(await verifyingPart(publicHalf(jwk, file), file)), signing, site: await readSiteKey(files.siteKeyFile) };
}

function publicHalf(jwk: JWK, file: string): JWK {
  try {
    const key = createPublicKey({ key: jwk as import('node:crypto').JsonWebKey, format: 'jwk' });
    return key.export({ format: 'jwk' }) as JWK;
  } catch (cause) {
    throw invalid(file, messageOf(cause), cause);
  }
}

/** @throws LimenError `key.missing`, `key.invalid`, or `config.secret-exposed` when others may read a secret. */
export async function readTerminalKeys(files: Omit<KeyFiles, 'hubPrivateKeyFile'>): Promise<TerminalKeys> {
  const jwk = await readJwk(files.hubPublicKeyFile, 'public');
  if (jwk.d !== undefined) {
    throw new LimenError('config.secret-exposed', `${files.hubPublicKeyFile} holds the hub's private key.`, {
      hint: 'Copy the public key file instead, and make new keys if this file was on a terminal.',
    });
  }
  return {
    ...(await verifyingPart(jwk, files.hubPublicKeyFile)),
    site: await readSiteKey(files.siteKeyFile),
  };
}

async function verifyingPart(jwk: JWK, file: string): Promise<Pick<HubKeys, 'id' | 'verifying'>> {
  // Imported first: that is what finds out whether it is a key at all.
  const verifying = await importEd25519(jwk, file);
  return { id: await calculateJwkThumbprint(jwk), verifying };
}

async function readSiteKey(file: string): Promise<SiteKey> {
  const jwk = await readJwk(file, 'secret');
  const bytes = jwk.kty === 'oct' && typeof jwk.k === 'string' ? Buffer.from(jwk.k, 'base64url') : null;
  if (bytes?.length !== 32) throw invalid(file, 'it is not a symmetric key of 256 bits');
  const key = await webcrypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']);
  return { id: await calculateJwkThumbprint(jwk), key };
}

async function importEd25519(jwk: JWK, file: string): Promise<CryptoKey> {
  try {
    return (await importJWK(jwk, 'EdDSA')) as CryptoKey;
  } catch (cause) {
    throw invalid(file, messageOf(cause), cause);
  }
}

async function readJwk(file: string, kind: 'secret' | 'public'): Promise<JWK> {
  let text: string;
  try {
    if (kind === 'secret') assertPrivate(file, (await stat(file)).mode);
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if (cause instanceof LimenError) throw cause;
    throw new LimenError(
      'key.missing',
      `The key ${file} cannot be read (${systemCodeOf(cause) ?? messageOf(cause)}).`,
      {
        hint: 'Make the keys with `limen hub init`, and copy them to each terminal with `limen hub provision`.',
        cause,
      },
    );
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && 'kty' in value) return value as JWK;
  } catch (cause) {
    throw invalid(file, 'it is not JSON', cause);
  }
  throw invalid(file, 'it is not a JSON Web Key');
}

async function writeNew(file: string, jwk: JWK, mode: number): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  try {
    const handle = await open(file, 'wx', mode);
    try {
      await handle.writeFile(`${JSON.stringify(jwk)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (cause) {
    if (systemCodeOf(cause) === 'EEXIST') {
      throw new LimenError('key.invalid', `${file} exists, and a key is never overwritten.`, {
        hint: 'The site has its keys already: go on with them. For a new site, choose another dataFolder.',
        cause,
      });
    }
    throw new LimenError('file.unwritable', `The key ${file} cannot be written (${messageOf(cause)}).`, { cause });
  }
}

function invalid(file: string, reason: string, cause?: unknown): LimenError {
  return new LimenError('key.invalid', `${file} cannot be used as a key: ${reason}.`, {
    hint: 'Keys are JSON Web Key files as `limen hub init` writes them.',
    cause,
  });
}
