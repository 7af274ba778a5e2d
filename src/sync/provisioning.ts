import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { z } from 'zod';
import { LimenError, messageOf } from '../domain/errors.ts';
import { idPattern } from '../domain/person.ts';
import { privateAgreementJwk, privateSigningJwk, publicSigningJwk, siteJwk } from './keys.ts';

const id = z.string().regex(idPattern);
const pem = z.string().startsWith('-----BEGIN ').max(100_000);

/** How a terminal reaches the broker; certificates and their key are PEM text. */
export const provisionedBroker = z.strictObject({
  url: z.string().regex(/^(mqtts?|wss?):\/\/.+/),
  protocol: z.enum(['3.1.1', '5']),
  username: z.string().min(1).optional(),
  password: z.string().min(1).optional(),
  ca: pem.optional(),
  cert: pem.optional(),
  key: pem.optional(),
});
export type ProvisionedBroker = z.infer<typeof provisionedBroker>;

/** What one terminal needs to know: the file that `limen hub provision` writes, and what a terminal keeps of it. */
export const provisioningSchema = z.strictObject({
  format: z.literal(1),
  kind: z.literal('limen-terminal'),
  site: id,
  terminal: id,
  issuedAt: z.iso.datetime({ offset: true }),
  broker: provisionedBroker,
  /** No roster older than this one is believed. */
  rosterVersion: z.number().int().min(0),
  keys: z.strictObject({
    /** Counts the hub's changes of keys. */
    sequence: z.number().int().min(0),
    hub: z.array(publicSigningJwk).min(1).max(4),
    /** The first is sealed with. */
    site: z.array(siteJwk).min(1).max(4),
    /** This terminal's own. */
    signing: privateSigningJwk,
    agreement: privateAgreementJwk,
  }),
});
export type Provisioning = z.infer<typeof provisioningSchema>;

/** Far above any real one. */
const mostBytes = 256 * 1024;

/**
 * The content of a provisioning file.
 *
 * @throws LimenError `provisioning.invalid` with the first thing that is wrong, `file.newer-version`.
 */
export function parseProvisioning(text: string, file: string): Provisioning {
  if (text.length > mostBytes) throw invalid(file, 'it is far too large for one');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw invalid(file, 'it is not JSON, or was cut short', cause);
  }
  const { kind, format } = (value ?? {}) as { kind?: unknown; format?: unknown };
  if (kind !== 'limen-terminal') throw invalid(file, 'it says nothing about a terminal of limen');
  if (typeof format === 'number' && format > 1) {
    throw new LimenError('file.newer-version', `${file} was written by a newer limen.`, {
      hint: 'Update limen on this terminal.',
    });
  }
  const parsed = provisioningSchema.safeParse(value);
  if (parsed.success) return withUsableCertificates(parsed.data, file);
  // The words of the check, never the value: it may be a key.
  const issue = parsed.error.issues[0];
  throw invalid(file, `"${issue?.path.join('.')}": ${issue?.message}`);
}

/** The MQTT library would say it in its own words, in the middle of a connection attempt. */
function withUsableCertificates(document: Provisioning, file: string): Provisioning {
  const { ca, cert, key, url } = document.broker;
  try {
    new URL(url);
    for (const pem of [ca, cert]) if (pem !== undefined) new X509Certificate(pem);
    createSecureContext({ ca, cert, key });
  } catch (cause) {
    throw invalid(file, `how it reaches the broker cannot be used (${messageOf(cause)})`, cause);
  }
  return document;
}

function invalid(file: string, reason: string, cause?: unknown): LimenError {
  return new LimenError('provisioning.invalid', `${file} is no provisioning file: ${reason}.`, {
    hint: 'Make a new one on the hub: limen hub provision TERMINAL --replace --config hub.yaml',
    cause,
  });
}
