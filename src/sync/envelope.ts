import { CompactEncrypt, CompactSign, compactDecrypt, compactVerify, errors } from 'jose';
import type { z } from 'zod';
import { LimenError, messageOf } from '../domain/errors.ts';
import type { HubKeys, TerminalKeys } from './keys.ts';
import {
  type Ack,
  ackSchema,
  type Head,
  headSchema,
  parseMessage,
  type RulesMessage,
  recordSchema,
  rulesMessageSchema,
  type WireRecord,
} from './messages.ts';

/** Nothing larger is looked at. AWS IoT carries 128 KB at most, so real messages are far smaller. */
export const maxMessageBytes = 1024 * 1024;

/** The content types: a signed head can never pass for a person, nor a person for an acknowledgement. */
const contentType = { head: 'limen-head', person: 'limen-person', ack: 'limen-ack', rules: 'limen-rules' } as const;
type Content = keyof typeof contentType;

/** Signs, and encrypts what is about people. Returns compact JOSE text (RFC 7515, RFC 7516). */
export interface Sealer {
  head(head: Head): Promise<string>;
  record(record: WireRecord): Promise<string>;
  ack(ack: Ack): Promise<string>;
  rules(rules: RulesMessage): Promise<string>;
}

/**
 * Opens what a {@link Sealer} sealed. Each refuses, in this order:
 *
 * @throws LimenError `message.too-large` above 1 MB, before anything is parsed; `message.invalid` for what is not
 *   JOSE, not JSON or not the agreed shape, or was sealed for another site, person or terminal;
 *   `gallery.signature-invalid` for another key, an altered byte or an unsigned message.
 */
export interface Opener {
  head(payload: Uint8Array): Promise<Head>;
  record(payload: Uint8Array, personId: string): Promise<WireRecord>;
  ack(payload: Uint8Array, terminal: string): Promise<Ack>;
  rules(payload: Uint8Array): Promise<RulesMessage>;
}

/** The hub's side. People are signed, then encrypted: the broker sees neither who they are nor who signed. */
export function sealer(keys: HubKeys): Sealer {
  const sign = (content: Content, value: object) =>
    new CompactSign(Buffer.from(JSON.stringify(value)))
      .setProtectedHeader({ alg: 'EdDSA', kid: keys.id, typ: contentType[content] })
      .sign(keys.signing);
  // The 96-bit nonce is random: one site key is good for 2^32 messages (NIST SP 800-38D).
  const seal = async (content: Content, value: object) =>
    new CompactEncrypt(Buffer.from(await sign(content, value)))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: keys.site.id, typ: contentType[content] })
      .encrypt(keys.site.key);
  return {
    head: (head) => sign('head', head),
    ack: (ack) => sign('ack', ack),
    record: (record) => seal('person', record),
    rules: (rules) => seal('rules', rules),
  };
}

/** The terminal's side, bound to one site. */
export function opener(site: string, keys: TerminalKeys): Opener {
  const verified = async <S extends z.ZodType<{ site: string }>>(
    content: Content,
    schema: S,
    text: string | Uint8Array,
  ): Promise<z.infer<S>> => {
    const { payload, protectedHeader } = await jose(() =>
      compactVerify(text, keys.verifying, { algorithms: ['EdDSA'] }),
    );
    if (protectedHeader.kid !== keys.id) throw forged('it names a key that is not the key of the hub');
    if (protectedHeader.typ !== contentType[content]) throw misplaced(`a ${protectedHeader.typ}`, contentType[content]);
    const message = parseMessage(schema, Buffer.from(payload).toString('utf8'));
    if (message.site !== site) throw misplaced(`a message of site ${message.site}`, `site ${site}`);
    return message;
  };
  const unsealed = async (payload: Uint8Array) => {
    const text = textOf(payload, 5);
    const options = { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] };
    return (await jose(() => compactDecrypt(text, keys.site.key, options))).plaintext;
  };
  return {
    head: async (payload) => verified('head', headSchema, textOf(payload, 3)),
    ack: async (payload, terminal) => {
      const ack = await verified('ack', ackSchema, textOf(payload, 3));
      if (ack.terminal !== terminal) throw misplaced(`an acknowledgement to ${ack.terminal}`, terminal);
      return ack;
    },
    record: async (payload, personId) => {
      const record = await verified('person', recordSchema, await unsealed(payload));
      if (record.id !== personId) throw misplaced(`the record of ${record.id}`, `the topic of ${personId}`);
      return record;
    },
    rules: async (payload) => verified('rules', rulesMessageSchema, await unsealed(payload)),
  };
}

/** The payload as text, once its size and outer form allow it. */
function textOf(payload: Uint8Array, parts: 3 | 5): string {
  assertSize(payload);
  const text = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('latin1');
  if (/^[\w-]+(\.[\w-]*)+$/.test(text) && text.split('.').length === parts) return text;
  throw new LimenError('message.invalid', 'The message is not signed the way a hub signs (compact JOSE).', {
    hint: 'Something other than the hub publishes here: check who may write to the broker.',
  });
}

/** @throws LimenError `message.too-large`. */
export function assertSize(payload: Uint8Array, limit: number = maxMessageBytes): void {
  if (payload.byteLength <= limit) return;
  throw new LimenError('message.too-large', `The message is larger than ${Math.floor(limit / 1024)} KB.`, {
    hint: 'No message of limen is that large: check who may write to the broker.',
  });
}

async function jose<T>(open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (cause) {
    if (cause instanceof errors.JWSSignatureVerificationFailed)
      throw forged('the signature was not made by the hub', cause);
    if (cause instanceof errors.JWEDecryptionFailed) throw forged('it is not sealed with the key of this site', cause);
    if (cause instanceof errors.JOSEAlgNotAllowed) throw forged('it is sealed in a way the hub never uses', cause);
    throw new LimenError('message.invalid', `The message is not JOSE as a hub writes it (${messageOf(cause)}).`, {
      cause,
    });
  }
}

function forged(reason: string, cause?: unknown): LimenError {
  return new LimenError('gallery.signature-invalid', `The message is not from this site's hub: ${reason}.`, {
    hint: 'If the hub has new keys, copy its public key and the site key to this terminal.',
    cause,
  });
}

function misplaced(found: string, expected: string): LimenError {
  return new LimenError('message.invalid', `The message is in the wrong place: ${found} where ${expected} belongs.`);
}
