import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { idPattern } from '../domain/person.ts';

/** The version this limen writes. Any version keeps the envelope: `{ checksum, document: { format, … } }`. */
export const galleryFormat = 4;
/**
 * The first knew templates only, the second one embedder, the third no changes in a file of their own; all are read, and
 * written anew with the next change.
 */
const earlierFormats = [1, 2, 3] as const;

/** What every version has around its document, in whatever order. */
export const envelopeSchema = z.object({
  /** SHA-256 (hex) of the document as it stands in the file, which is `JSON.stringify(document)`. */
  checksum: z.string(),
  document: z.looseObject({ format: z.number().int().positive() }),
});

const count = z.number().int().min(0);
const instant = z.iso.datetime({ offset: true }).nullable();
const personSchema = z.strictObject({
  id: z.string().regex(idPattern),
  name: z.string(),
  groups: z.array(z.string()),
  validFrom: instant,
  validUntil: instant,
  version: count,
  extendedPulse: z.boolean().optional(),
});
const sinceSchema = z.strictObject({
  /** {@link sealOf} the gallery that this is to be added to. */
  base: z.string(),
  /** Who of that gallery is not in this one any more. */
  gone: z.array(z.string().regex(idPattern)),
});
/** What the envelope holds. */
export const documentSchema = z.strictObject({
  format: z.literal([...earlierFormats, galleryFormat]),
  lineage: z.string(),
  version: count,
  embedder: z.string().min(1),
  embedders: z.array(z.string().min(1)).min(2).optional(),
  people: z.array(personSchema),
  /** Pairs instead of an object: JSON objects treat ids such as `__proto__` or `12` in ways of their own. */
  erased: z.array(z.tuple([z.string().regex(idPattern), count])),
  /** Only in a file of changes: people and tombstones are then those that differ. */
  since: sinceSchema.optional(),
  /** Tells a wrong key from a damaged file: the beginning of an HMAC that only this key gives. */
  keyCheck: z.string(),
  /** Everyone's {@link secretsSchema} in the order of `people`, AES-256-GCM; all fields above are authenticated with it. */
  templates: z.strictObject({ nonce: z.base64(), sealed: z.base64(), tag: z.base64() }),
});

const templateSchema = z.strictObject({
  model: z.string().min(1),
  scale: z.number().positive(),
  data: z.base64().min(1),
});
const ownSecretSchema = z.strictObject({
  templates: z.array(templateSchema),
  pinHash: z.string().optional(),
  duressPinHash: z.string().optional(),
  cards: z.array(z.string()).optional(),
});
/** What of a person is never readable on the disk: a PIN of four digits is found from its hash in minutes. */
export const secretSchema = z.union([
  ownSecretSchema,
  // Before there were PINs.
  z.array(templateSchema).transform((templates) => ({ templates })),
]);
/** What is sealed: a {@link secretSchema} of everybody. */
export const secretsSchema = z.array(z.unknown());
/** A person with everything that the file has of them. */
export const writableSchema = personSchema.extend(ownSecretSchema.shape);

/** What the gallery file holds, under its checksum. */
export type GalleryDocument = z.infer<typeof documentSchema>;
/** What a file of changes changes. */
export type Since = z.infer<typeof sinceSchema>;
/** The sealed part of a {@link GalleryDocument}, base64. */
export type SealedPart = GalleryDocument['templates'];

/** The one name of what was sealed: nothing else of the same key has it (it is authenticated, and the nonce random). */
export function sealOf({ nonce, tag }: Pick<SealedPart, 'nonce' | 'tag'>): string {
  return `${nonce}.${tag}`;
}

/** What a document says of the key that it was sealed with. */
export function keyCheckOf(key: Buffer): string {
  return createHmac('sha256', key).update('limen gallery key check').digest('hex').slice(0, 16);
}
