import { CompactEncrypt, CompactSign, compactDecrypt, compactVerify, errors } from 'jose';
import type { z } from 'zod';
import { LimenError, messageOf } from '../domain/errors.ts';
import { type Command, type CommandResult, commandSchema, resultSchema } from './command-messages.ts';
import type { HubKeys, SiteKey, TerminalKeys } from './keys.ts';
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

/** Commands and results are far smaller, and a flood of them must not fill the memory. */
export const maxCommandBytes = 16 * 1024;

/** The content types: a signed head can never pass for a person, nor a person for a command. */
const contentType = {
  head: 'limen-head',
  person: 'limen-person',
  ack: 'limen-ack',
  command: 'limen-command',
  result: 'limen-result',
  rules: 'limen-rules',
} as const;
type Content = keyof typeof contentType;

/** Signs, and encrypts what is about people or doors. Returns compact JOSE text (RFC 7515, RFC 7516). */
export interface Sealer {
  head(head: Head): Promise<string>;
  record(record: WireRecord): Promise<string>;
  ack(ack: Ack): Promise<string>;
  command(command: Command): Promise<string>;
  rules(rules: RulesMessage): Promise<string>;
}

/**
 * Opens what a {@link Sealer} sealed. Each refuses, in this order:
 *
 * @throws LimenError `message.too-large` above 1 MB, before anything is parsed; `message.invalid` for what is not
 *   JOSE, not JSON or not the agreed shape, or was sealed for another site, person or terminal;
 *   `gallery.signature-invalid` (a command: `command.signature-invalid`) for another key, an altered byte or an
 *   unsigned message.
 */
export interface Opener {
  head(payload: Uint8Array): Promise<Head>;
  record(payload: Uint8Array, personId: string): Promise<WireRecord>;
  ack(payload: Uint8Array, terminal: string): Promise<Ack>;
  /** Whom it is for is inside, and the reader's to judge. */
  command(payload: Uint8Array): Promise<Command>;
  rules(payload: Uint8Array): Promise<RulesMessage>;
}

/** The hub's side. People are signed, then encrypted: the broker sees neither who they are nor who signed. */
export function sealer(keys: HubKeys): Sealer {
  const sign = (content: Content, value: object) =>
    new CompactSign(Buffer.from(JSON.stringify(value)))
      .setProtectedHeader({ alg: 'EdDSA', kid: keys.id, typ: contentType[content] })
      .sign(keys.signing);
  return {
    head: (head) => sign('head', head),
    ack: (ack) => sign('ack', ack),
    record: async (record) => encrypt(keys.site, 'person', await sign('person', record)),
    command: async (command) => encrypt(keys.site, 'command', await sign('command', command)),
    rules: async (rules) => encrypt(keys.site, 'rules', await sign('rules', rules)),
  };
}

/**
 * A result, encrypted to the site. A terminal has no key of its own to sign with: whoever holds the site key (the hub
 * and every terminal, not the broker) can make one.
 */
export function sealResult(site: SiteKey, result: CommandResult): Promise<string> {
  return encrypt(site, 'result', JSON.stringify(result));
}

/** @throws LimenError `message.too-large`, `message.invalid`, `command.signature-invalid` for another site's key. */
export async function openResult(key: SiteKey, site: string, payload: Uint8Array): Promise<CommandResult> {
  const result = parseMessage(resultSchema, Buffer.from(await decrypt(key, 'result', payload)).toString('utf8'));
  if (result.site !== site) throw misplaced(`a message of site ${result.site}`, `site ${site}`);
  return result;
}

/** The terminal's side, bound to one site. */
export function opener(site: string, keys: TerminalKeys): Opener {
  const verified = async <S extends z.ZodType<{ site: string }>>(
    content: Content,
    schema: S,
    text: string | Uint8Array,
  ): Promise<z.infer<S>> => {
    const { payload, protectedHeader } = await jose(content, () =>
      compactVerify(text, keys.verifying, { algorithms: ['EdDSA'] }),
    );
    if (protectedHeader.kid !== keys.id) throw forged(content, 'it names a key that is not the key of the hub');
    if (protectedHeader.typ !== contentType[content]) throw misplaced(`a ${protectedHeader.typ}`, contentType[content]);
    const message = parseMessage(schema, Buffer.from(payload).toString('utf8'));
    if (message.site !== site) throw misplaced(`a message of site ${message.site}`, `site ${site}`);
    return message;
  };
  return {
    head: async (payload) => verified('head', headSchema, textOf(payload, 3)),
    ack: async (payload, terminal) => {
      const ack = await verified('ack', ackSchema, textOf(payload, 3));
      if (ack.terminal !== terminal) throw misplaced(`an acknowledgement to ${ack.terminal}`, terminal);
      return ack;
    },
    record: async (payload, personId) => {
      const record = await verified('person', recordSchema, await decrypt(keys.site, 'person', payload));
      if (record.id !== personId) throw misplaced(`the record of ${record.id}`, `the topic of ${personId}`);
      return record;
    },
    command: async (payload) => verified('command', commandSchema, await decrypt(keys.site, 'command', payload)),
    rules: async (payload) => verified('rules', rulesMessageSchema, await decrypt(keys.site, 'rules', payload)),
  };
}

/** The 96-bit nonce is random: one site key is good for 2^32 messages (NIST SP 800-38D). */
function encrypt(site: SiteKey, content: Content, text: string): Promise<string> {
  return new CompactEncrypt(Buffer.from(text))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: site.id, typ: contentType[content] })
    .encrypt(site.key);
}

async function decrypt(site: SiteKey, content: Exclude<Content, 'head' | 'ack'>, payload: Uint8Array) {
  const isSmall = content === 'command' || content === 'result';
  const text = textOf(payload, 5, isSmall ? maxCommandBytes : maxMessageBytes);
  const options = { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] };
  const { plaintext, protectedHeader } = await jose(content, () => compactDecrypt(text, site.key, options));
  if (protectedHeader.typ !== contentType[content]) throw misplaced(`a ${protectedHeader.typ}`, contentType[content]);
  return plaintext;
}

/** The payload as text, once its size and outer form allow it. */
function textOf(payload: Uint8Array, parts: 3 | 5, limit: number = maxMessageBytes): string {
  assertSize(payload, limit);
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

async function jose<T>(content: Content, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (cause) {
    if (cause instanceof errors.JWSSignatureVerificationFailed)
      throw forged(content, 'the signature was not made by the hub', cause);
    if (cause instanceof errors.JWEDecryptionFailed)
      throw forged(content, 'it is not sealed with the key of this site', cause);
    if (cause instanceof errors.JOSEAlgNotAllowed)
      throw forged(content, 'it is sealed in a way the hub never uses', cause);
    throw new LimenError('message.invalid', `The message is not JOSE as a hub writes it (${messageOf(cause)}).`, {
      cause,
    });
  }
}

function forged(content: Content, reason: string, cause?: unknown): LimenError {
  const isCommand = content === 'command' || content === 'result';
  const code = isCommand ? 'command.signature-invalid' : 'gallery.signature-invalid';
  return new LimenError(code, `The message is not from this site's hub: ${reason}.`, {
    hint: 'If the hub has new keys, copy its public key and the site key to this terminal.',
    cause,
  });
}

function misplaced(found: string, expected: string): LimenError {
  return new LimenError('message.invalid', `The message is in the wrong place: ${found} where ${expected} belongs.`);
}
