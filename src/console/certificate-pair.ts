import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { LimenError, messageOf } from '../domain/errors.ts';
import { readSecretFile } from '../runtime/secrets.ts';

/** A certificate and its key, PEM. */
export interface Tls {
  readonly cert: string;
  readonly key: string;
}

/** Where a certificate and its key are. */
export interface PairFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/**
 * Read a certificate and its key, and see that a server can use them.
 *
 * @throws LimenError `file.unreadable`, `key.missing`, `config.secret-exposed` for what cannot be read;
 *   `certificate.invalid`, `key.invalid` for what cannot be used.
 */
export async function readPair(files: PairFiles): Promise<Tls> {
  const pair = { cert: await certificateIn(files.certFile), key: readSecretFile(files.keyFile) };
  assertPair(pair, files);
  return pair;
}

async function certificateIn(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause) => {
    throw new LimenError('file.unreadable', `The certificate ${file} cannot be read: ${messageOf(cause)}.`, {
      hint: 'Check console.certFile, and that the user limen runs as may read it.',
      cause,
    });
  });
}

/** OpenSSL names neither a file nor a mend. */
function assertPair({ cert, key }: Tls, { certFile, keyFile }: PairFiles): void {
  const parsed = certificateOf(cert, certFile);
  if (!parsed.checkPrivateKey(keyOf(key, keyFile)))
    throw new LimenError('certificate.invalid', `The key ${keyFile} does not belong to the certificate ${certFile}.`, {
      hint: 'Bring both files from the same place. In a chain the certificate of this machine comes first.',
    });
  try {
    // The other certificates of a chain, and what OpenSSL thinks too weak.
    createSecureContext({ cert, key });
  } catch (cause) {
    throw certificateInvalid(certFile, cause);
  }
}

function certificateOf(cert: string, file: string): X509Certificate {
  try {
    return new X509Certificate(cert);
  } catch (cause) {
    throw certificateInvalid(file, cause);
  }
}

function keyOf(key: string, file: string): KeyObject {
  try {
    return createPrivateKey(key);
  } catch (cause) {
    throw new LimenError('key.invalid', `The key ${file} cannot be used: ${messageOf(cause)}.`, {
      hint: `It is to be a private key in PEM without a passphrase; see: openssl pkey -noout -in ${file}`,
      cause,
    });
  }
}

function certificateInvalid(file: string, cause: unknown): LimenError {
  return new LimenError('certificate.invalid', `The certificate ${file} cannot be used: ${messageOf(cause)}.`, {
    hint: `It is to be PEM, whole, "-----BEGIN CERTIFICATE-----" first; see: openssl x509 -noout -text -in ${file}`,
    cause,
  });
}
