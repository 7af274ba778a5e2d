import { z } from 'zod';
import { doorStates } from '../domain/door-state.ts';
import { LimenError } from '../domain/errors.ts';
import { packTemplate, unpackTemplates } from '../domain/packed-template.ts';
import { idPattern, type Person } from '../domain/person.ts';
import { noTemplate, realTemplates, type Template } from '../domain/template.ts';
import { vitalsSchema } from './diagnosis.ts';
import { publicAgreementJwk, publicSigningJwk } from './keys.ts';

/** Raised only when an old reader would misunderstand a new message; new fields alone do not raise it. */
export const wireFormat = 2;

const id = z.string().regex(idPattern);
const seq = z.number().int().min(1);
const instant = z.iso.datetime({ offset: true });
const ulid = z.string().regex(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);
const bucket = z.string().regex(/^[0-9a-f]{2}$/);
const signed = { format: z.literal(wireFormat), site: id };

/** Whether a text is an instant as messages hold them: day, time and zone. */
export function isInstant(text: string): boolean {
  return instant.safeParse(text).success;
}

/** `gallery/head`: what the whole gallery must look like. */
export const headSchema = z.object({
  ...signed,
  lineage: id,
  version: z.number().int().min(0),
  embedder: z.string().min(1).max(200),
  /** Every embedder of which everybody has templates, where that is more than one: a change of embedder is under way. */
  embedders: z.array(z.string().min(1).max(200)).min(2).max(8).optional(),
  /** People, the erased ones not counted. */
  count: z.number().int().min(0),
  /** Bucket (two hex digits) -> digest; a bucket without a record is left out. */
  buckets: z.record(bucket, z.string().length(22)),
  issuedAt: instant,
  expiresAt: instant.nullable(),
});
export type Head = z.infer<typeof headSchema>;

/** A template as messages hold it. */
export const templateSchema = z.object({
  model: z.string().min(1).max(200),
  scale: z.number().positive(),
  /** The int8 elements, base64. */
  data: z.base64().min(4).max(16_384),
});

const secretHash = z.string().min(1).max(300);
const recordCommon = { ...signed, lineage: id, id, version: seq };

/** `gallery/person/<bucket>/<id>` and `gallery/change/<id>`: one person, or the tombstone of one. */
export const recordSchema = z.discriminatedUnion('kind', [
  z.object({
    ...recordCommon,
    kind: z.literal('person'),
    name: z.string().min(1).max(200),
    groups: z.array(z.string().min(1).max(64)).max(100),
    validFrom: instant.nullable(),
    validUntil: instant.nullable(),
    /** Of somebody without a face: a single one of the model `none`, which is no template. */
    templates: z.array(templateSchema).min(1).max(50),
    /** Left out by an older hub, and for who has none. */
    pinHash: secretHash.optional(),
    duressPinHash: secretHash.optional(),
    cards: z.array(z.string().min(1).max(64)).max(20).optional(),
    extendedPulse: z.boolean().optional(),
  }),
  z.object({ ...recordCommon, kind: z.literal('erased') }),
]);
export type WireRecord = z.infer<typeof recordSchema>;

/**
 * `access/rules`: who may pass, and when. What the rules say is checked by who applies them: a terminal refuses rules
 * that it does not understand, whole, and keeps those it has.
 */
export const rulesMessageSchema = z.object({
  ...signed,
  lineage: id,
  version: seq,
  issuedAt: instant,
  rules: z.record(z.string(), z.json()),
});
export type RulesMessage = z.infer<typeof rulesMessageSchema>;

/** `terminal/<id>/ack`: the hub has every event of this terminal up to and including `seq`. */
export const ackSchema = z.object({
  ...signed,
  terminal: id,
  /** 0 only beside `resend` and `anew`: it has none. */
  seq: z.number().int().min(0),
  /** Hash of that event, so that the acknowledgement of another journal is not taken for one of this. */
  hash: sha256Hex,
  /** That of the terminal's status which the hub heard last; left out by an older hub. */
  turn: ulid.optional(),
  /** The hub has lost what it acknowledged after `seq`, and asks for it; `hash` is all zeros where it is not known. */
  resend: z.literal(true).optional(),
  /**
   * The number of this row, told by its hash, is taken by another: the terminal was set up anew under its old name. It
   * and what follows it are to come again as numbers above `above`.
   */
  anew: z.object({ from: seq, hash: sha256Hex, above: seq }).optional(),
});
export type Ack = z.infer<typeof ackSchema>;

/** How many people one {@link wantSchema want} may name; who does not fit is asked for by the next one. */
export const mostWanted = 150;

/** `gallery/want/<terminal>`: the broker does not have the lists of these buckets, or the records of these people. */
export const wantSchema = z.object({
  format: z.literal(wireFormat),
  terminal: id,
  version: z.number().int().min(0),
  buckets: z.array(bucket).max(256),
  people: z.array(id).max(mostWanted),
});
export type Want = z.infer<typeof wantSchema>;

const keyName = z.string().regex(/^[\w-]{43}$/);

/** Which keys somebody holds, by name; `sequence` counts the hub's changes of keys. */
export const heldKeysSchema = z.object({
  sequence: z.number().int().min(0),
  hub: z.array(keyName).min(1).max(4),
  site: z.array(keyName).min(1).max(4),
});
export type HeldKeys = z.infer<typeof heldKeysSchema>;

/** The public halves of keys that a terminal has made for itself, for the hub to take into its books. */
export const keyOfferSchema = z.object({
  /** Id of the `rotate` that asked for them. */
  command: ulid,
  signing: publicSigningJwk,
  agreement: publicAgreementJwk,
  /** The new signing key's own word that they are this terminal's. */
  proof: z.string().max(1000),
});
export type KeyOffer = z.infer<typeof keyOfferSchema>;

/** A start of a terminal, and which of its statuses this is: an old one must not pass for news. */
const session = ulid;

/** `terminal/<id>/status`: how a terminal is; the broker itself publishes `online: false` when it goes silent. */
export const statusSchema = z.discriminatedUnion('online', [
  z.object({
    format: z.literal(wireFormat),
    terminal: id,
    online: z.literal(true),
    session,
    count: seq,
    at: instant,
    clock: z.enum(['synced', 'unsynced']),
    since: instant,
    software: z.string(),
    gallery: z.object({ lineage: z.string(), version: z.number().int(), digest: z.string(), people: z.number().int() }),
    pack: z.string(),
    door: z.enum(doorStates).nullable(),
    /** Opens for nobody, whatever state it is in: left out otherwise, and by an older terminal. */
    lockdown: z.literal(true).optional(),
    journal: z.object({
      lastSeq: z.number().int(),
      acknowledgedSeq: z.number().int(),
      /** The oldest row that is kept, or else the next; left out by an older terminal, like `turn`. */
      firstSeq: seq.optional(),
      /** Another with each start, and each time that the terminal sends again what was acknowledged. */
      turn: ulid.optional(),
    }),
    /** Names of the keys it holds: how the hub learns that it may use a new one. */
    keys: heldKeysSchema,
    /** Said with every status until the hub has confirmed it; left out where no change of its own keys is under way. */
    offer: keyOfferSchema.optional(),
    /** Left out by an older terminal. */
    vitals: vitalsSchema.optional(),
  }),
  z.object({ format: z.literal(wireFormat), terminal: id, online: z.literal(false), session }),
]);
export type Status = z.infer<typeof statusSchema>;

/**
 * `terminal/<id>/event`: a journal row. Kinds are not enumerated and unknown fields are kept:
 * a hub that refused what a newer terminal records would lose it, and an hour lost is pay lost.
 */
export const eventSchema = z.looseObject({
  seq,
  id: z.string().regex(/^[0-9A-HJKMNP-TV-Z]{26}$/),
  terminal: id,
  at: instant,
  clock: z.enum(['synced', 'unsynced']),
  kind: z
    .string()
    .regex(/^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*$/)
    .max(64),
  body: z.record(z.string(), z.json()),
  previousHash: sha256Hex,
  hash: sha256Hex,
});
export type WireEvent = z.infer<typeof eventSchema>;

/** A person, or the fact that one was erased, as the gallery replica handles it. */
export type GalleryRecord =
  | {
      readonly kind: 'person';
      readonly lineage: string;
      readonly id: string;
      readonly version: number;
      readonly person: Person;
    }
  | { readonly kind: 'erased'; readonly lineage: string; readonly id: string; readonly version: number };

/** The record as it goes over the wire. */
export function recordToWire(site: string, record: GalleryRecord): WireRecord {
  const common = { format: wireFormat, site, lineage: record.lineage, id: record.id, version: record.version } as const;
  if (record.kind === 'erased') return { ...common, kind: 'erased' };
  const { name, groups, validFrom, validUntil, templates, cards, ...more } = record.person;
  return {
    ...common,
    kind: 'person',
    name,
    groups: [...groups],
    validFrom,
    validUntil,
    templates: (templates.length > 0 ? templates : [noTemplate]).map(packTemplate),
    ...credentialsOf(more),
    ...(cards && { cards: [...cards] }),
  };
}

/** The record as it came over the wire. @throws LimenError `message.invalid` when a template cannot be one. */
export function recordFromWire(wire: WireRecord): GalleryRecord {
  const { lineage, id, version } = wire;
  if (wire.kind === 'erased') return { kind: 'erased', lineage, id, version };
  const { name, groups, validFrom, validUntil } = wire;
  const templates = realTemplates(templatesFromWire(wire.templates));
  const credentials = { ...credentialsOf(wire), ...(wire.cards && { cards: wire.cards }) };
  const person = { id, name, groups, validFrom, validUntil, version, templates, ...credentials };
  return { kind: 'person', lineage, id, version, person };
}

/**
 * JSON text of a message, checked against its schema.
 *
 * @throws LimenError `message.invalid` naming the first thing that is wrong.
 */
export function parseMessage<S extends z.ZodType>(schema: S, text: string): z.infer<S> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new LimenError('message.invalid', 'The message is not JSON.', { cause });
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const place = issue === undefined || issue.path.length === 0 ? 'the message' : `"${issue.path.join('.')}"`;
  throw new LimenError('message.invalid', `The message does not have the agreed shape: ${place}: ${issue?.message}.`, {
    hint: 'Hub and terminal may run different versions of limen: compare `limen --version` on both.',
  });
}

/** What is there, and nothing that is not: a record of somebody without a PIN has no such field. */
function credentialsOf(from: { [K in 'pinHash' | 'duressPinHash' | 'extendedPulse']?: Person[K] | undefined }) {
  const { pinHash, duressPinHash, extendedPulse } = from;
  return {
    ...(pinHash !== undefined && { pinHash }),
    ...(duressPinHash !== undefined && { duressPinHash }),
    ...(extendedPulse !== undefined && { extendedPulse }),
  };
}

/** The templates of one person as they came over the wire. @throws LimenError `message.invalid` for one without a direction. */
export function templatesFromWire(wire: readonly z.infer<typeof templateSchema>[]): Template[] {
  const templates = unpackTemplates(wire);
  if (templates.some(({ data }) => data.every((element) => element === 0))) {
    throw new LimenError('message.invalid', 'The message carries a template without a direction.');
  }
  return templates;
}
