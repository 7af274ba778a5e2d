import type { z } from 'zod';
import { type CommandResult, resultSchema } from './command-messages.ts';
import { type Content, decrypt, encrypt, misplaced, sign, signedTextOf, verified } from './jose-text.ts';
import type { OwnKeys, TrustedKeys } from './keys.ts';
import { eventSchema, type Status, statusSchema, type Want, type WireEvent, wantSchema } from './messages.ts';
import { type Registry, trusted } from './roster.ts';

/** Signs what a terminal says, and encrypts what is about people or doors to the site. Returns compact JOSE text. */
export interface TerminalSealer {
  /** A journal row, as it is: its hash covers the row, the signature covers the hash. */
  event(row: object): Promise<string>;
  status(status: Status): Promise<string>;
  want(want: Want): Promise<string>;
  result(result: CommandResult): Promise<string>;
}

/** A status, and the name of the key that it was signed with: a terminal may have two. */
export type SignedStatus = Status & { readonly signedBy: string };

/**
 * Opens what the {@link TerminalSealer} of `terminal` sealed. Each refuses:
 *
 * @throws LimenError `message.too-large`, before anything is parsed; `message.invalid` for what is not JOSE, not JSON or
 *   not the agreed shape, or was signed by another terminal than the topic names; `message.signature-invalid`;
 *   `terminal.unknown`, `terminal.revoked`.
 */
export interface TerminalOpener {
  event(payload: Uint8Array, terminal: string): Promise<WireEvent>;
  status(payload: Uint8Array, terminal: string): Promise<SignedStatus>;
  want(payload: Uint8Array, terminal: string): Promise<Want>;
  result(payload: Uint8Array, terminal: string): Promise<CommandResult>;
}

/** What a terminal seals with, at the moment of sealing. */
export interface SealingKeys extends Pick<TrustedKeys, 'site'> {
  readonly own: OwnKeys;
}

export function terminalSealer(keys: SealingKeys): TerminalSealer {
  const signed = (content: Content, value: object) => sign(content, value, keys.own.signing);
  const sealed = async (content: Content, value: object) =>
    encrypt(content, await signed(content, value), keys.site[0] as SealingKeys['site'][0]);
  return {
    event: (row) => sealed('event', row),
    result: (result) => sealed('result', result),
    status: (status) => signed('status', status),
    want: (want) => signed('want', want),
  };
}

/** Whoever listens to terminals: the hub with its books, a neighbour with the roster. */
export function terminalOpener(keys: Pick<TrustedKeys, 'site'>, registry: Registry): TerminalOpener {
  const checked = async <S extends z.ZodType<{ terminal: string }>>(
    content: Content,
    { schema, terminal, text }: { schema: S; terminal: string; text: string | Uint8Array },
  ): Promise<{ message: z.infer<S>; signedBy: string }> => {
    const { keys: known } = await trusted(registry, terminal);
    let signedBy = '';
    const keyFor = (name: string | undefined) => {
      const key = known.find(({ id }) => id === name);
      signedBy = key?.id ?? '';
      return key;
    };
    const message = await verified(content, { schema, keyFor, text });
    if (message.terminal !== terminal) throw misplaced(`what ${message.terminal} says`, terminal);
    return { message, signedBy };
  };
  const unsealed = (content: Content, payload: Uint8Array) => decrypt(content, keys.site, payload);
  return {
    event: async (payload, terminal) => {
      const text = await unsealed('event', payload);
      return (await checked('event', { schema: eventSchema, terminal, text })).message;
    },
    result: async (payload, terminal) => {
      const text = await unsealed('result', payload);
      return (await checked('result', { schema: resultSchema, terminal, text })).message;
    },
    status: async (payload, terminal) => {
      const text = signedTextOf('status', payload);
      const { message, signedBy } = await checked('status', { schema: statusSchema, terminal, text });
      return { ...message, signedBy };
    },
    want: async (payload, terminal) => {
      const text = signedTextOf('want', payload);
      return (await checked('want', { schema: wantSchema, terminal, text })).message;
    },
  };
}
