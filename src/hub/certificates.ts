import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  cryptoProvider,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
  X509Crl,
  X509CrlGenerator,
  X509CrlReason,
} from '@peculiar/x509';
import { LimenError, messageOf } from '../domain/errors.ts';

cryptoProvider.set(webcrypto as never);

/** A certificate and its private key, PEM (PKCS #8). */
export interface Certified {
  readonly cert: string;
  readonly key: string;
}

/** P-256: what every TLS library of the last ten years can do, small enough for a Pi. */
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const dayMs = 86_400_000;
/** Clocks that are a little behind must not find a new certificate not valid yet. */
const leewayMs = 3_600_000;

/** A certificate authority of one's own, for the brokers, the hub and the terminals of one site. */
export async function makeAuthority(site: string, { now, days }: { now: Date; days: number }): Promise<Certified> {
  const keys = await newKeys();
  const cert = await X509CertificateGenerator.createSelfSigned({
    ...validity(now, days),
    serialNumber: serial(),
    name: [{ O: ['limen'] }, { CN: [`limen ${site}`] }],
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { cert: pemOf(cert), key: await pemOfKey(keys.privateKey) };
}

/** Whom a certificate is for. */
export interface CertificateRequest {
  /** Becomes the common name: for Mosquitto (`use_identity_as_username`) the name of the account. */
  readonly name: string;
  /** Names and addresses of a broker; a client has none. */
  readonly hosts?: readonly string[];
  readonly now: Date;
  readonly days: number;
}

/** Issue a certificate: for a broker where it names hosts, otherwise for a client. @throws LimenError `certificate.invalid`. */
export async function issueCertificate(authority: Certified, request: CertificateRequest): Promise<Certified> {
  const { name, hosts = [], now, days } = request;
  const issuer = read(authority);
  const keys = await newKeys();
  const cert = await X509CertificateGenerator.create({
    ...validity(now, days),
    serialNumber: serial(),
    subject: [{ CN: [name] }],
    issuer: issuer.subject,
    publicKey: keys.publicKey,
    signingKey: await privateKeyOf(authority),
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([hosts.length > 0 ? ExtendedKeyUsage.serverAuth : ExtendedKeyUsage.clientAuth]),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(issuer),
      ...(hosts.length > 0 ? [namesOf(hosts)] : []),
    ],
  });
  return { cert: pemOf(cert), key: await pemOfKey(keys.privateKey) };
}

/** A certificate for a server that nobody vouches for: whoever connects first has to compare its fingerprint. */
export async function makeSelfSigned({ name, hosts = [], now, days }: CertificateRequest): Promise<Certified> {
  const keys = await newKeys();
  const cert = await X509CertificateGenerator.createSelfSigned({
    ...validity(now, days),
    serialNumber: serial(),
    name: [{ CN: [name] }],
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      namesOf(hosts),
    ],
  });
  return { cert: pemOf(cert), key: await pemOfKey(keys.privateKey) };
}

/**
 * A revocation list that names these certificates, and all that `before` names. It never runs out: a broker with an
 * expired list lets nobody in.
 */
export async function revocationList(
  authority: Certified,
  { before, certificates, now }: { before: string | null; certificates: readonly string[]; now: Date },
): Promise<string> {
  const issuer = read(authority);
  const known = before === null ? [] : new X509Crl(derOf(before)).entries;
  const fresh = certificates.map((pem) => ({
    serialNumber: new X509Certificate(pem).serialNumber,
    revocationDate: now,
    reason: X509CrlReason.keyCompromise,
  }));
  const old = known.map(({ serialNumber, revocationDate }) => ({ serialNumber, revocationDate }));
  const list = await X509CrlGenerator.create({
    issuer: issuer.subject,
    thisUpdate: new Date(now.getTime() - leewayMs),
    nextUpdate: issuer.notAfter,
    entries: [...old.filter((entry) => !fresh.some((one) => one.serialNumber === entry.serialNumber)), ...fresh],
    signingKey: await privateKeyOf(authority),
    signingAlgorithm: algorithm,
    extensions: [await AuthorityKeyIdentifierExtension.create(issuer)],
  });
  // OpenSSL, and with it Mosquitto, knows no other name for it.
  return pemFrom('X509 CRL', Buffer.from(list.rawData));
}

function namesOf(hosts: readonly string[]): SubjectAlternativeNameExtension {
  return new SubjectAlternativeNameExtension(hosts.map((value) => ({ type: isIP(value) ? 'ip' : 'dns', value })));
}

function newKeys() {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']) as Promise<webcrypto.CryptoKeyPair>;
}

function validity(now: Date, days: number) {
  return { notBefore: new Date(now.getTime() - leewayMs), notAfter: new Date(now.getTime() + days * dayMs) };
}

/** 127 random bits, positive. */
function serial(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0]! & 0x7f) | 0x40;
  return bytes.toString('hex');
}

function read({ cert }: Certified): X509Certificate {
  try {
    return new X509Certificate(cert);
  } catch (cause) {
    throw invalid(cause);
  }
}

async function privateKeyOf({ key }: Certified): Promise<webcrypto.CryptoKey> {
  try {
    return (await webcrypto.subtle.importKey('pkcs8', derOf(key), algorithm, false, ['sign'])) as webcrypto.CryptoKey;
  } catch (cause) {
    throw invalid(cause);
  }
}

function invalid(cause: unknown): LimenError {
  return new LimenError(
    'certificate.invalid',
    `The certificate authority of this site cannot be used: ${messageOf(cause)}.`,
    {
      hint: 'Restore the folder "certificates" from its backup, or bring certificates of your own with --cert and --key.',
      cause,
    },
  );
}

function pemOf(cert: X509Certificate): string {
  return `${cert.toString('pem')}\n`;
}

async function pemOfKey(key: webcrypto.CryptoKey): Promise<string> {
  return pemFrom('PRIVATE KEY', Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key)));
}

function pemFrom(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

function derOf(pem: string): Buffer<ArrayBuffer> {
  return Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
}
