import { X509Certificate } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import type { ConsoleConfig } from '../config/console-schema.ts';
import { LimenError, messageOf } from '../domain/errors.ts';
import { makeSelfSigned } from '../hub/certificates.ts';
import { writeDurable } from '../runtime/durable-file.ts';
import { isThere } from '../runtime/is-there.ts';
import { readSecretFile } from '../runtime/secrets.ts';

/** A certificate and its key, PEM. */
export interface Tls {
  readonly cert: string;
  readonly key: string;
}

/** Browsers refuse what is good for longer (CA/Browser Forum, SC-081 aside: nobody but this site trusts it). */
const goodForDays = 397;
const renewBeforeDays = 30;
const dayMs = 86_400_000;

/** Whether an address leads to this machine only. */
export function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || /^127\./.test(address);
}

/**
 * What the console proves itself with: the owner's own files, or one that signs itself, kept in the data folder and made
 * anew before it runs out. `null` where the console is for this machine only and the owner named none.
 *
 * @throws LimenError `file.unreadable`, `config.secret-exposed`, `key.missing`, `file.unwritable`.
 */
export async function consoleTls(config: ConsoleConfig, dataFolder: string, now: Date): Promise<Tls | null> {
  const { address, certFile, keyFile } = config;
  if (certFile !== undefined && keyFile !== undefined)
    return { cert: await certificateIn(certFile), key: readSecretFile(keyFile) };
  return isLoopback(address) ? null : selfSigned(join(dataFolder, 'console'), now);
}

async function certificateIn(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause) => {
    throw new LimenError('file.unreadable', `The certificate ${file} cannot be read: ${messageOf(cause)}.`, {
      hint: 'Check console.certFile, and that the user limen runs as may read it.',
      cause,
    });
  });
}

async function selfSigned(folder: string, now: Date): Promise<Tls> {
  const [certFile, keyFile] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')];
  if (isThere(certFile) && isThere(keyFile)) {
    const cert = await certificateIn(certFile);
    if (Date.parse(new X509Certificate(cert).validTo) - now.getTime() > renewBeforeDays * dayMs)
      return { cert, key: readSecretFile(keyFile) };
  }
  const made = await makeSelfSigned({ name: hostname(), hosts: ownNames(), now, days: goodForDays });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeDurable(keyFile, made.key, { keepPrevious: false });
  await writeDurable(certFile, made.cert, { keepPrevious: false, mode: 0o644 });
  return made;
}

/** Every name and address that this machine has by itself. */
function ownNames(): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((those) => (those ?? []).map(({ address }) => address));
  // An IPv6 address of one link carries its link's name, which certificates know nothing of.
  return [...new Set([hostname(), 'localhost', ...addresses.filter((address) => !address.includes('%'))])];
}

/** SHA-256 of a certificate as browsers show it, for whoever opens the console for the first time. */
export function fingerprintOf(cert: string): string {
  return new X509Certificate(cert).fingerprint256;
}
