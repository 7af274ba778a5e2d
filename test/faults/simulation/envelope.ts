import { createHmac } from 'node:crypto';
import { type Command, commandSchema } from '../../../src/sync/command-messages.ts';
import type { Opener, Sealer } from '../../../src/sync/envelope.ts';
import { ackSchema, headSchema, parseMessage, recordSchema, rulesMessageSchema } from '../../../src/sync/messages.ts';

/**
 * The envelope of the simulation: the same messages under an HMAC instead of signature and encryption, which would be
 * nine tenths of the time and wait for other threads. The real one is in the runs with real processes, and has tests of its own.
 */
export const sealing: Sealer = {
  head: async (head) => seal('head', head),
  record: async (record) => seal('record', record),
  ack: async (ack) => seal('ack', ack),
  command: async (command: Command) => seal('command', command),
  rules: async (rules) => seal('rules', rules),
};

export const opening: Opener = {
  head: async (payload) => parseMessage(headSchema, opened('head', payload)),
  record: async (payload) => parseMessage(recordSchema, opened('record', payload)),
  ack: async (payload) => parseMessage(ackSchema, opened('ack', payload)),
  command: async (payload) => parseMessage(commandSchema, opened('command', payload)),
  rules: async (payload) => parseMessage(rulesMessageSchema, opened('rules', payload)),
};

function seal(kind: string, message: object): string {
  const text = `${kind} ${JSON.stringify(message)}`;
  return `${createHmac('sha256', 'site').update(text).digest('hex')} ${text}`;
}

function opened(kind: string, payload: Uint8Array): string {
  const sealed = Buffer.from(payload).toString('utf8');
  const text = sealed.slice(65);
  const isGenuine = sealed.slice(0, 64) === createHmac('sha256', 'site').update(text).digest('hex');
  if (!isGenuine || !text.startsWith(`${kind} `)) throw new Error('not from the hub');
  return text.slice(kind.length + 1);
}
