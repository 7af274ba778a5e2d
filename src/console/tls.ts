import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import type { ConsoleConfig } from '../config/console-schema.ts';
import type { Logger } from '../runtime/logger.ts';
import { readPair, type Tls } from './certificate-pair.ts';
import { ownCertificate } from './own-certificate.ts';

/** What a console proves itself with is found by these. */
export interface ConsoleTlsOptions {
  readonly config: ConsoleConfig;
  readonly dataFolder: string;
  readonly now: Date;
  readonly log: Logger;
}

/** Whether an address leads to this machine only. */
export function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || /^127\./.test(address);
}

/**
 * What the console proves itself with: the owner's own files, or one that signs itself, kept in the data folder and made
 * anew before it runs out, or where it is damaged. `null` where the console is for this machine only and the owner named
 * none.
 *
 * @throws LimenError `file.unreadable`, `config.secret-exposed`, `key.missing`, `file.unwritable`, and for the owner's
 *   files `certificate.invalid`, `key.invalid`.
 */
export async function consoleTls({ config, dataFolder, now, log }: ConsoleTlsOptions): Promise<Tls | null> {
  const { address, certFile, keyFile } = config;
  if (certFile !== undefined && keyFile !== undefined) return readPair({ certFile, keyFile });
  return isLoopback(address) ? null : ownCertificate(join(dataFolder, 'console'), { now, log });
}

/** SHA-256 of a certificate as browsers show it, for whoever opens the console for the first time. */
export function fingerprintOf(cert: string): string {
  return new X509Certificate(cert).fingerprint256;
}
