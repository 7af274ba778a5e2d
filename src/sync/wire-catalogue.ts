import { z } from 'zod';
import { commandSchema, resultSchema } from './command-messages.ts';
import { diagnosisSchema } from './diagnosis.ts';
import { enrolArgsSchema, enrolDataSchema } from './enrolment.ts';
import { keysMessageSchema, proofSchema } from './key-messages.ts';
import { offerProofSchema, rotateDataSchema } from './key-offer.ts';
import {
  ackSchema,
  eventSchema,
  headSchema,
  recordSchema,
  rulesMessageSchema,
  statusSchema,
  wantSchema,
} from './messages.ts';
import { passbackResetArgsSchema } from './passback-reset.ts';
import { rosterSchema } from './roster.ts';
import type { Topic } from './topics.ts';

/** How a payload is wrapped: signed; signed, then encrypted to the site, or to one terminal; or bare text. */
export type Wrapping = 'jws' | 'jwe-site' | 'jwe-terminal' | 'text';

/** One kind of message on the wire. */
export interface WireMessage {
  readonly kind: Topic['kind'];
  /** Below `limen/{site}/`, with a parameter where an id stands. */
  readonly address: string;
  readonly from: 'hub' | 'terminal';
  readonly retained: boolean;
  readonly wrapping: Wrapping;
  /** `typ` in the JOSE header; `null` for text. */
  readonly type: string | null;
  /** Name of its schema in `docs/wire/`. */
  readonly schema: keyof typeof wireSchemas;
  readonly says: string;
}

/** One line of a bucket's list. */
const listSchema = z
  .string()
  .regex(/^([A-Za-z0-9_-][A-Za-z0-9._-]{0,63} [1-9][0-9]* (person|erased)\n)+$/)
  .describe('One line "id version kind" per record, sorted by id');

/** The shape of everything that is sent, by the name of its file in `docs/wire/`. */
export const wireSchemas = {
  head: headSchema,
  list: listSchema,
  person: recordSchema,
  rules: rulesMessageSchema,
  roster: rosterSchema,
  want: wantSchema,
  status: statusSchema,
  event: eventSchema,
  ack: ackSchema,
  command: commandSchema,
  result: resultSchema,
  keys: keysMessageSchema,
  'hub-key': proofSchema,
  'terminal-keys': offerProofSchema,
  'enrol-args': enrolArgsSchema,
  'enrol-data': enrolDataSchema,
  'rotate-data': rotateDataSchema,
  'anti-passback-reset-args': passbackResetArgsSchema,
  diagnosis: diagnosisSchema,
} as const satisfies Record<string, z.ZodType>;

const fromHub = { from: 'hub', retained: true } as const;
const fromTerminal = { from: 'terminal', retained: false } as const;

/** Every message of a site, in the order of `docs/mqtt.md`. */
export const wireMessages: readonly WireMessage[] = [
  {
    ...{ ...fromHub, kind: 'head', address: 'gallery/head', wrapping: 'jws', type: 'limen-head', schema: 'head' },
    says: 'What the whole gallery must look like',
  },
  {
    ...{ ...fromHub, kind: 'list', address: 'gallery/list/{bucket}', wrapping: 'text', type: null, schema: 'list' },
    says: 'Which records a bucket of the gallery has; proven by the digest in the head',
  },
  {
    ...{ ...fromHub, kind: 'person', address: 'gallery/person/{bucket}/{person}', wrapping: 'jwe-site' },
    ...{ type: 'limen-person', schema: 'person', says: 'One person, or the tombstone of one' },
  },
  {
    ...{ ...fromHub, kind: 'change', address: 'gallery/change/{person}', retained: false, wrapping: 'jwe-site' },
    ...{ type: 'limen-person', schema: 'person', says: 'The same record, at the moment it changes' },
  },
  {
    ...{ ...fromHub, kind: 'rules', address: 'access/rules', wrapping: 'jwe-site', type: 'limen-rules' },
    ...{ schema: 'rules', says: 'Who may pass, and when' },
  },
  {
    ...{ ...fromHub, kind: 'roster', address: 'terminals', wrapping: 'jws', type: 'limen-roster', schema: 'roster' },
    says: 'Who the terminals are, and which were revoked',
  },
  {
    ...{ ...fromTerminal, kind: 'want', address: 'gallery/want/{terminal}', wrapping: 'jws', type: 'limen-want' },
    ...{ schema: 'want', says: 'Which parts of the gallery the broker does not have' },
  },
  {
    ...{ ...fromTerminal, kind: 'status', address: 'terminal/{terminal}/status', retained: true, wrapping: 'jws' },
    ...{ type: 'limen-status', schema: 'status', says: 'How a terminal is; also its last will' },
  },
  {
    ...{ ...fromTerminal, kind: 'event', address: 'terminal/{terminal}/event', wrapping: 'jwe-site' },
    ...{ type: 'limen-event', schema: 'event', says: 'One journal row' },
  },
  {
    ...{ ...fromHub, kind: 'ack', address: 'terminal/{terminal}/ack', wrapping: 'jws', type: 'limen-ack' },
    ...{ schema: 'ack', says: 'How far the hub has stored that journal' },
  },
  {
    ...{ ...fromHub, kind: 'command', address: 'terminal/{terminal}/command', retained: false, wrapping: 'jwe-site' },
    ...{
      type: 'limen-command',
      schema: 'command',
      says: 'Do something; never retained, and good for ten minutes at most',
    },
  },
  {
    ...{ ...fromTerminal, kind: 'result', address: 'terminal/{terminal}/result', wrapping: 'jwe-site' },
    ...{ type: 'limen-result', schema: 'result', says: 'What became of a command' },
  },
  {
    ...{ ...fromHub, kind: 'keys', address: 'terminal/{terminal}/keys', wrapping: 'jwe-terminal', type: 'limen-keys' },
    ...{ schema: 'keys', says: 'The keys that are valid, for that terminal only' },
  },
];

/** JSON Schemas (2020-12) of everything that is sent, by the name of their files in `docs/wire/`; unknown fields are allowed. */
export function wireJsonSchemas(): Record<string, object> {
  return Object.fromEntries(
    Object.entries(wireSchemas).map(([name, schema]) => [
      `${name}.schema.json`,
      z.toJSONSchema(schema, { io: 'input' }) as object,
    ]),
  );
}
