import { CompactEncrypt, CompactSign, type CryptoKey, compactDecrypt, compactVerify, errors } from 'jose';
import type { z } from 'zod';
import { type ErrorCode, LimenError, messageOf } from '../domain/errors.ts';
import type { NamedKey, SiteKey } from './keys.ts';
import { parseMessage } from './messages.ts';

/** Nothing larger is looked at. AWS IoT carries 128 KB at most, so real messages are far smaller. */
export const maxMessageBytes = 1024 * 1024;

/** Commands, results, statuses and wants are far smaller, and a flood of them must not fill the memory. */
export const maxCommandBytes = 16 * 1024;

/** A journal row, sealed. */
export const maxEventBytes = 256 * 1024;

/** The content types: a signed head can never pass for a person, nor a person for a command. */
const contentType = {
  head: 'limen-head',
  person: 'limen-person',
  ack: 'limen-ack',
  command: 'limen-command',
  result: 'limen-result',
  rules: 'limen-rules',
  event: 'limen-event',
  status: 'limen-status',
  want: 'limen-want',
  roster: 'limen-roster',
  keys: 'limen-keys',
  hubKey: 'limen-hub-key',
  terminalKeys: 'limen-terminal-keys',
} as const;
export type Content = keyof typeof contentType;

const mostBytes: Partial<Record<Content, number>> = {
  command: maxCommandBytes,
  result: maxCommandBytes,
  status: maxCommandBytes,
  want: maxCommandBytes,
  keys: maxCommandBytes,
  event: maxEventBytes,
};

/** Who signs what: a refusal says whose signature was missing. */
const fromTerminals = new Set<Content>(['event', 'status', 'want', 'result', 'terminalKeys']);

/** A signature over JSON, in the compact form (RFC 7515). */
export function sign(content: Content, value: object, by: NamedKey): Promise<string> {
  return new CompactSign(Buffer.from(JSON.stringify(value)))
    .setProtectedHeader({ alg: 'EdDSA', kid: by.id, typ: contentType[content] })
    .sign(by.key);
}

/** Which key a message may be signed or sealed with, by its name; what it throws goes to the caller. */
export type KeyByName = (id: string | undefined) => NamedKey | undefined;

/**
 * The JSON inside a signature, checked against its schema.
 *
 * @throws LimenError `*.signature-invalid` for a key that `keyFor` does not know, an altered byte or an unsigned
 *   message; `message.invalid` for another content or shape.
 */
export async function verified<S extends z.ZodType>(
  content: Content,
  { schema, keyFor, text }: { schema: S; keyFor: KeyByName; text: string | Uint8Array },
): Promise<z.infer<S>> {
  const { payload, protectedHeader } = await opened(content, () =>
    compactVerify(text, (header) => known(content, keyFor(header.kid)), { algorithms: ['EdDSA'] }),
  );
  assertContent(protectedHeader.typ, content);
  return parseMessage(schema, Buffer.from(payload).toString('utf8'));
}

/** The 96-bit nonce is random: one site key is good for 2^32 messages (NIST SP 800-38D). */
export function encrypt(content: Content, text: string, site: SiteKey): Promise<string> {
  return new CompactEncrypt(Buffer.from(text))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: site.id, typ: contentType[content] })
    .encrypt(site.key);
}

/** What {@link encrypt} made, opened with whichever of `keys` it names. @throws LimenError as {@link verified}. */
export async function decrypt(content: Content, keys: readonly SiteKey[], payload: Uint8Array): Promise<Uint8Array> {
  const text = textOf(payload, 5, mostBytes[content]);
  const options = { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] };
  const { plaintext, protectedHeader } = await opened(content, () =>
    compactDecrypt(
      text,
      (header: { kid?: string }) =>
        known(
          content,
          keys.find(({ id }) => id === header.kid),
        ),
      options,
    ),
  );
  assertContent(protectedHeader.typ, content);
  return plaintext;
}

/** Encrypted so that only the holder of the private half can read it (ECDH-ES on X25519, RFC 8037). */
export function encryptTo(content: Content, text: string, recipient: CryptoKey): Promise<string> {
  return new CompactEncrypt(Buffer.from(text))
    .setProtectedHeader({ alg: 'ECDH-ES+A256KW', enc: 'A256GCM', typ: contentType[content] })
    .encrypt(recipient);
}

/** What {@link encryptTo} made. @throws LimenError as {@link verified}. */
export async function decryptWith(content: Content, own: CryptoKey, payload: Uint8Array): Promise<Uint8Array> {
  const text = textOf(payload, 5, mostBytes[content]);
  const options = { keyManagementAlgorithms: ['ECDH-ES+A256KW'], contentEncryptionAlgorithms: ['A256GCM'] };
  const { plaintext, protectedHeader } = await opened(content, () => compactDecrypt(text, own, options));
  assertContent(protectedHeader.typ, content);
  return plaintext;
}

/** A signed payload as text, once its size and outer form allow it. */
export function signedTextOf(content: Content, payload: Uint8Array): string {
  return textOf(payload, 3, mostBytes[content]);
}

function textOf(payload: Uint8Array, parts: 3 | 5, limit: number = maxMessageBytes): string {
  assertSize(payload, limit);
  const text = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('latin1');
  if (/^[\w-]+(\.[\w-]*)+$/.test(text) && text.split('.').length === parts) return text;
  throw new LimenError('message.invalid', 'The message is not signed the way limen signs (compact JOSE).', {
    hint: 'Something other than limen publishes here: check who may write to the broker.',
  });
}

/** @throws LimenError `message.too-large`. */
export function assertSize(payload: Uint8Array, limit: number = maxMessageBytes): void {
  if (payload.byteLength <= limit) return;
  throw new LimenError('message.too-large', `The message is larger than ${Math.floor(limit / 1024)} KB.`, {
    hint: 'No message of limen is that large: check who may write to the broker.',
  });
}

/** A message that belongs elsewhere. */
export function misplaced(found: string, expected: string): LimenError {
  return new LimenError('message.invalid', `The message is in the wrong place: ${found} where ${expected} belongs.`);
}

function assertContent(found: unknown, content: Content): void {
  if (found !== contentType[content]) throw misplaced(`a ${found}`, contentType[content]);
}

function known(content: Content, key: NamedKey | undefined): CryptoKey {
  if (key === undefined) throw forged(content, 'it names a key that is not known here');
  return key.key;
}

async function opened<T>(content: Content, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (cause) {
    if (cause instanceof LimenError) throw cause;
    if (cause instanceof errors.JWSSignatureVerificationFailed)
      throw forged(content, 'the signature was made with another key', cause);
    if (cause instanceof errors.JWEDecryptionFailed)
      throw forged(content, 'it is not sealed with a key of this site', cause);
    if (cause instanceof errors.JOSEAlgNotAllowed)
      throw forged(content, 'it is sealed in a way limen never uses', cause);
    throw new LimenError('message.invalid', `The message is not JOSE as limen writes it (${messageOf(cause)}).`, {
      cause,
    });
  }
}

function forged(content: Content, reason: string, cause?: unknown): LimenError {
  if (fromTerminals.has(content)) {
    return new LimenError('message.signature-invalid', `The message is not from that terminal: ${reason}.`, {
      hint: 'If the terminal was set up again, give it the newest file of `limen hub provision`.',
      cause,
    });
  }
  const code: ErrorCode = content === 'command' ? 'command.signature-invalid' : 'gallery.signature-invalid';
  return new LimenError(code, `The message is not from this site's hub: ${reason}.`, {
    hint: 'If it missed a change of keys, provision this terminal again: limen hub provision TERMINAL --replace',
    cause,
  });
}
