import type { z } from 'zod';
import { type Command, commandSchema } from './command-messages.ts';
import { type Content, decrypt, encrypt, misplaced, sign, signedTextOf, verified } from './jose-text.ts';
import type { HubKeys, TrustedKeys } from './keys.ts';
import {
  type Ack,
  ackSchema,
  type Head,
  headSchema,
  type RulesMessage,
  recordSchema,
  rulesMessageSchema,
  type WireRecord,
} from './messages.ts';
import { type Roster, rosterSchema } from './roster.ts';

/** Signs, and encrypts what is about people or doors. Returns compact JOSE text (RFC 7515, RFC 7516). */
export interface Sealer {
  head(head: Head): Promise<string>;
  record(record: WireRecord): Promise<string>;
  ack(ack: Ack): Promise<string>;
  command(command: Command): Promise<string>;
  rules(rules: RulesMessage): Promise<string>;
  roster(roster: Roster): Promise<string>;
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
  roster(payload: Uint8Array): Promise<Roster>;
}

/** The hub's side, with the keys that are in use at the moment of sealing. People are signed, then encrypted: the broker sees neither who they are nor who signed. */
export function sealer(keys: HubKeys): Sealer {
  const signed = (content: Content, value: object) => sign(content, value, keys.signing);
  const sealed = async (content: Content, value: object) =>
    encrypt(content, await signed(content, value), keys.site[0] as HubKeys['site'][0]);
  return {
    head: (head) => signed('head', head),
    ack: (ack) => signed('ack', ack),
    roster: (roster) => signed('roster', roster),
    record: (record) => sealed('person', record),
    command: (command) => sealed('command', command),
    rules: (rules) => sealed('rules', rules),
  };
}

/** The terminal's side, bound to one site, with the keys that are valid at the moment of opening. */
export function opener(site: string, keys: TrustedKeys): Opener {
  const checked = async <S extends z.ZodType<{ site: string }>>(
    content: Content,
    schema: S,
    text: string | Uint8Array,
  ): Promise<z.infer<S>> => {
    const keyFor = (id: string | undefined) => keys.hub.find((key) => key.id === id);
    const message = await verified(content, { schema, keyFor, text });
    if (message.site !== site) throw misplaced(`a message of site ${message.site}`, `site ${site}`);
    return message;
  };
  const unsealed = (content: Content, payload: Uint8Array) => decrypt(content, keys.site, payload);
  return {
    head: async (payload) => checked('head', headSchema, signedTextOf('head', payload)),
    roster: async (payload) => checked('roster', rosterSchema, signedTextOf('roster', payload)),
    ack: async (payload, terminal) => {
      const ack = await checked('ack', ackSchema, signedTextOf('ack', payload));
      if (ack.terminal !== terminal) throw misplaced(`an acknowledgement to ${ack.terminal}`, terminal);
      return ack;
    },
    record: async (payload, personId) => {
      const record = await checked('person', recordSchema, await unsealed('person', payload));
      if (record.id !== personId) throw misplaced(`the record of ${record.id}`, `the topic of ${personId}`);
      return record;
    },
    command: async (payload) => checked('command', commandSchema, await unsealed('command', payload)),
    rules: async (payload) => checked('rules', rulesMessageSchema, await unsealed('rules', payload)),
  };
}
