import type { CryptoKey } from 'jose';
import { z } from 'zod';
import { LimenError } from '../domain/errors.ts';
import { idPattern } from '../domain/person.ts';
import { decryptWith, encryptTo, misplaced, sign, verified } from './jose-text.ts';
import {
  importSigning,
  type NamedKey,
  type PrivateSigningJwk,
  type PublicSigningJwk,
  publicSigningJwk,
  siteJwk,
} from './keys.ts';
import { wireFormat } from './messages.ts';

const id = z.string().regex(idPattern);

/** `terminal/<id>/keys`: the keys that are valid from now on, for one terminal's eyes only. */
export const keysMessageSchema = z.object({
  format: z.literal(wireFormat),
  site: id,
  terminal: id,
  /** Counts the hub's changes of keys: a message that is not newer brings no old key back. */
  sequence: z.number().int().min(0),
  issuedAt: z.iso.datetime({ offset: true }),
  rosterVersion: z.number().int().min(0),
  hub: z
    .array(
      z.object({
        key: publicSigningJwk,
        /** The key's own word that it is one of this site. */ proof: z.string().max(1000),
      }),
    )
    .min(1)
    .max(4),
  siteKeys: z.array(siteJwk).min(1).max(4),
});
export type KeysMessage = z.infer<typeof keysMessageSchema>;

/** What a new key of the hub signs about itself: `proof` in {@link keysMessageSchema}. */
export const proofSchema = z.object({ format: z.literal(wireFormat), site: id, key: z.string() });

/** A new key of the hub says itself which site it is of, so that nobody can be made to trust a key that nobody has. */
export async function proofOf(site: string, jwk: PrivateSigningJwk): Promise<string> {
  const signing = await importSigning(jwk);
  return sign('hubKey', { format: wireFormat, site, key: signing.id }, signing);
}

/** Signed by the hub with a key that the terminal holds, and encrypted to it. */
export async function sealKeys(
  message: KeysMessage,
  { signing, recipient }: { signing: NamedKey; recipient: CryptoKey },
): Promise<string> {
  return encryptTo('keys', await sign('keys', message, signing), recipient);
}

/** Whom a message about keys has to be for, and whose word about keys is believed. */
export interface KeysReader {
  readonly site: string;
  readonly terminal: string;
  /** What it may be encrypted to: the key in use, and one that is to take its place. */
  readonly agreements: readonly CryptoKey[];
  readonly hub: readonly NamedKey[];
}

/** Keys from the hub, and which of the reader's it encrypted them to: a new one there means that the hub has booked it. */
export interface OpenedKeys {
  readonly message: KeysMessage;
  readonly recipient: CryptoKey;
}

/**
 * @throws LimenError `message.invalid`, `message.too-large`; `gallery.signature-invalid` for one that the hub did not
 *   sign with a key held here, or with a new key that does not vouch for itself.
 */
export async function openKeys(payload: Uint8Array, reader: KeysReader): Promise<OpenedKeys> {
  const { text, recipient } = await decrypted(payload, reader.agreements);
  const keyFor = (name: string | undefined) => reader.hub.find((key) => key.id === name);
  const message = await verified('keys', { schema: keysMessageSchema, keyFor, text });
  if (message.site !== reader.site) throw misplaced(`keys of site ${message.site}`, `site ${reader.site}`);
  if (message.terminal !== reader.terminal) throw misplaced(`keys for ${message.terminal}`, reader.terminal);
  for (const { key, proof } of message.hub) await assertProof(message.site, key, proof);
  return { message, recipient };
}

async function decrypted(
  payload: Uint8Array,
  [recipient, ...others]: readonly CryptoKey[],
): Promise<{ readonly text: Uint8Array; readonly recipient: CryptoKey }> {
  if (recipient === undefined) throw misplaced('keys', 'a terminal that has none');
  try {
    return { text: await decryptWith('keys', recipient, payload), recipient };
  } catch (error) {
    if (others.length === 0) throw error;
    return decrypted(payload, others);
  }
}

async function assertProof(site: string, jwk: PublicSigningJwk, proof: string): Promise<void> {
  const key = await importSigning(jwk);
  const keyFor = (name: string | undefined) => (name === key.id ? key : undefined);
  const said = await verified('hubKey', { schema: proofSchema, keyFor, text: proof });
  if (said.site === site && said.key === key.id) return;
  throw new LimenError('gallery.signature-invalid', 'A new key of the hub vouches for another site, or another key.');
}
