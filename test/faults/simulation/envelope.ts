import { createHmac } from 'node:crypto';
import { type Command, commandSchema, resultSchema } from '../../../src/sync/command-messages.ts';
import type { Opener, Sealer } from '../../../src/sync/envelope.ts';
import {
  ackSchema,
  eventSchema,
  headSchema,
  parseMessage,
  recordSchema,
  rulesMessageSchema,
  statusSchema,
  wantSchema,
} from '../../../src/sync/messages.ts';
import { rosterSchema } from '../../../src/sync/roster.ts';
import type { TerminalOpener, TerminalSealer } from '../../../src/sync/terminal-envelope.ts';

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
  roster: async (roster) => seal('roster', roster),
};

export const opening: Opener = {
  head: async (payload) => parseMessage(headSchema, opened('head', payload)),
  record: async (payload) => parseMessage(recordSchema, opened('record', payload)),
  ack: async (payload) => parseMessage(ackSchema, opened('ack', payload)),
  command: async (payload) => parseMessage(commandSchema, opened('command', payload)),
  rules: async (payload) => parseMessage(rulesMessageSchema, opened('rules', payload)),
  roster: async (payload) => parseMessage(rosterSchema, opened('roster', payload)),
};

export const terminalSealing: TerminalSealer = {
  event: async (row) => seal('event', row),
  status: async (status) => seal('status', status),
  want: async (want) => seal('want', want),
  result: async (result) => seal('result', result),
};

export const terminalOpening: TerminalOpener = {
  event: async (payload, terminal) => from(terminal, parseMessage(eventSchema, opened('event', payload))),
  status: async (payload, terminal) => ({
    ...from(terminal, parseMessage(statusSchema, opened('status', payload))),
    signedBy: '',
  }),
  want: async (payload, terminal) => from(terminal, parseMessage(wantSchema, opened('want', payload))),
  result: async (payload, terminal) => from(terminal, parseMessage(resultSchema, opened('result', payload))),
};

function from<M extends { terminal: string }>(terminal: string, message: M): M {
  if (message.terminal !== terminal) throw new Error('from another terminal');
  return message;
}

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
