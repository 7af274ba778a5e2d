import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LimenError } from '../domain/errors.ts';
import { writeDurable } from '../runtime/durable-file.ts';
import { isThere } from '../runtime/is-there.ts';
import { readSecretFile } from '../runtime/secrets.ts';
import { type Certified, issueCertificate, makeAuthority, revocationList } from './certificates.ts';
import { hubAccount } from './provision.ts';

/** How long they are good for, in days. A client's is renewed by provisioning anew; the list must outlive them all. */
const authorityDays = 7300;
export const defaultDays = 825;

/** The files of a site's own certificates. `*-key.pem` are secrets; the broker needs `ca`, `broker`, `brokerKey`, `revoked`. */
export function certificateFiles(folder: string) {
  const file = (name: string) => join(folder, name);
  return {
    ca: file('ca.pem'),
    caKey: file('ca-key.pem'),
    broker: file('broker.pem'),
    brokerKey: file('broker-key.pem'),
    hub: file('hub.pem'),
    hubKey: file('hub-key.pem'),
    revoked: file('revoked.pem'),
  };
}

/** Where a hub keeps the certificates that it made. */
export function certificateFolderIn(dataFolder: string): string {
  return join(dataFolder, 'certificates');
}

/**
 * Make an authority, a certificate for the broker and one for the hub, and an empty revocation list.
 *
 * @throws LimenError `certificate.invalid` when there is one already: every certificate would be void.
 */
export async function createCertificates(
  folder: string,
  { site, hosts, now, days = defaultDays }: { site: string; hosts: readonly string[]; now: Date; days?: number },
): Promise<void> {
  const files = certificateFiles(folder);
  if (isThere(files.ca)) {
    throw new LimenError('certificate.invalid', `${files.ca} exists, and an authority is never overwritten.`, {
      hint: 'Go on with it; `limen hub certificate HOST` renews the certificate of the broker.',
    });
  }
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const authority = await makeAuthority(site, { now, days: authorityDays });
  await writeBoth(authority, files.ca, files.caKey);
  await renewBroker(folder, { hosts, now, days });
  await writeBoth(await issueCertificate(authority, { name: hubAccount, now, days }), files.hub, files.hubKey);
  await write(files.revoked, await revocationList(authority, { before: null, certificates: [], now }));
}

/** A new certificate for the broker, in place of the one before. */
export async function renewBroker(
  folder: string,
  { hosts, now, days = defaultDays }: { hosts: readonly string[]; now: Date; days?: number },
): Promise<void> {
  const files = certificateFiles(folder);
  const [name = 'broker'] = hosts;
  const certified = await issueCertificate(await authorityIn(folder), { name, hosts, now, days });
  await writeBoth(certified, files.broker, files.brokerKey);
}

/** A client certificate for a terminal; a copy without its key stays here, so that it can be revoked. */
export async function certifyTerminal(
  folder: string,
  { terminal, now, days = defaultDays }: { terminal: string; now: Date; days?: number },
): Promise<Certified & { readonly ca: string }> {
  const authority = await authorityIn(folder);
  const certified = await issueCertificate(authority, { name: terminal, now, days });
  await mkdir(join(folder, 'issued'), { recursive: true, mode: 0o700 });
  const before = await issuedTo(folder, terminal);
  await write(issuedFile(folder, terminal), [...before, certified.cert].join(''));
  return { ...certified, ca: authority.cert };
}

/** Put everything that was issued to a terminal on the revocation list. `false` where nothing was. */
export async function revokeCertificates(
  folder: string,
  { terminal, now }: { terminal: string; now: Date },
): Promise<boolean> {
  const certificates = await issuedTo(folder, terminal);
  if (certificates.length === 0) return false;
  const { revoked } = certificateFiles(folder);
  const before = isThere(revoked) ? await readFile(revoked, 'utf8') : null;
  await write(revoked, await revocationList(await authorityIn(folder), { before, certificates, now }));
  return true;
}

async function authorityIn(folder: string): Promise<Certified> {
  const { ca, caKey } = certificateFiles(folder);
  if (!isThere(caKey)) {
    throw new LimenError('certificate.invalid', 'This site has no certificate authority of its own.', {
      hint: 'Make one with `limen hub init --certificates --broker-host NAME`, or bring certificates with --cert and --key.',
    });
  }
  return { cert: await readFile(ca, 'utf8'), key: readSecretFile(caKey) };
}

function issuedFile(folder: string, terminal: string): string {
  return join(folder, 'issued', `${terminal}.pem`);
}

async function issuedTo(folder: string, terminal: string): Promise<string[]> {
  const file = issuedFile(folder, terminal);
  if (!isThere(file)) return [];
  const text = await readFile(file, 'utf8');
  return text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?/g) ?? [];
}

async function writeBoth({ cert, key }: Certified, certFile: string, keyFile: string): Promise<void> {
  await write(keyFile, key);
  await write(certFile, cert);
}

function write(file: string, text: string): Promise<void> {
  return writeDurable(file, text, { keepPrevious: false });
}
