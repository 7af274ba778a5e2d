import { X509Certificate } from 'node:crypto';
import { mkdir, rename } from 'node:fs/promises';
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { isLimenError, type LimenError } from '../domain/errors.ts';
import { makeSelfSigned } from '../hub/certificates.ts';
import { writeDurable, writeFailure } from '../runtime/durable-file.ts';
import { isThere } from '../runtime/is-there.ts';
import type { Logger } from '../runtime/logger.ts';
import { type PairFiles, readPair, type Tls } from './certificate-pair.ts';

/** Browsers refuse what is good for longer (CA/Browser Forum, SC-081 aside: nobody but this site trusts it). */
const goodForDays = 397;
const renewBeforeDays = 30;
const dayMs = 86_400_000;

/**
 * A certificate that signs itself: the one in this folder, or a new one where there is none, it runs out within a month,
 * or it is damaged. What is damaged is set aside as `.damaged`.
 *
 * @throws LimenError `file.unreadable`, `config.secret-exposed`, `file.unwritable`, `disk.full`.
 */
export async function ownCertificate(
  folder: string,
  { now, log }: { readonly now: Date; readonly log: Logger },
): Promise<Tls> {
  const files = { certFile: join(folder, 'certificate.pem'), keyFile: join(folder, 'key.pem') };
  const kept = await keptIn(files, log);
  if (kept !== null && isGoodBeyond(kept, now)) return kept;
  const made = await makeSelfSigned({ name: hostname(), hosts: ownNames(), now, days: goodForDays });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeDurable(files.keyFile, made.key, { keepPrevious: false });
  await writeDurable(files.certFile, made.cert, { keepPrevious: false, mode: 0o644 });
  return made;
}

async function keptIn(files: PairFiles, log: Logger): Promise<Tls | null> {
  if (!isThere(files.certFile) || !isThere(files.keyFile)) return null;
  try {
    return await readPair(files);
  } catch (error) {
    // Also after a power cut between the two writes. What may not be read is the owner's to put right.
    if (!isLimenError(error, 'certificate.invalid') && !isLimenError(error, 'key.invalid')) throw error;
    await setAside(files, { error, log });
    return null;
  }
}

async function setAside(
  { certFile, keyFile }: PairFiles,
  { error, log }: { readonly error: LimenError; readonly log: Logger },
): Promise<void> {
  for (const file of [certFile, keyFile])
    await rename(file, `${file}.damaged`).catch((cause) => {
      throw writeFailure(`${file}.damaged`, cause);
    });
  const says = 'The console makes itself another certificate, which browsers have to be told of';
  log.warn({ code: error.code }, `${error.message} ${says}; the files are kept as ${certFile}.damaged, and its key's.`);
}

function isGoodBeyond({ cert }: Tls, now: Date): boolean {
  return Date.parse(new X509Certificate(cert).validTo) - now.getTime() > renewBeforeDays * dayMs;
}

/** Every name and address that this machine has by itself. */
function ownNames(): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((those) => (those ?? []).map(({ address }) => address));
  // An IPv6 address of one link carries its link's name, which certificates know nothing of.
  return [...new Set([hostname(), 'localhost', ...addresses.filter((address) => !address.includes('%'))])];
}
