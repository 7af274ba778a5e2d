import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { LimenError, messageOf } from '../domain/errors.ts';
import { idPattern, type Person } from '../domain/person.ts';
import type { Template } from '../domain/template.ts';
import type { GallerySnapshot } from './gallery-store.ts';

/** The version this limen writes. Any version keeps the envelope: `{ checksum, document: { format, … } }`. */
export const galleryFormat = 4;
/**
 * The first knew templates only, the second one embedder, the third no changes in a file of their own; all are read, and
 * written anew with the next change.
 */
const earlierFormats = [1, 2, 3] as const;

const envelopeSchema = z.object({
  /** SHA-256 (hex) of `JSON.stringify(document)`. */
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
const documentSchema = z.strictObject({
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
  /** Everyone's {@link secretSchema} in the order of `people`, AES-256-GCM; all fields above are authenticated with it. */
  templates: z.strictObject({ nonce: z.base64(), sealed: z.base64(), tag: z.base64() }),
});

const templateSchema = z.strictObject({
  model: z.string().min(1),
  scale: z.number().positive(),
  data: z.base64().min(1),
});
/** What of a person is never readable on the disk: a PIN of four digits is found from its hash in minutes. */
const secretSchema = z.strictObject({
  templates: z.array(templateSchema),
  pinHash: z.string().optional(),
  duressPinHash: z.string().optional(),
  cards: z.array(z.string()).optional(),
});
const secretsSchema = z.union([
  z.array(secretSchema),
  z.array(z.array(templateSchema)).transform((everyone) => everyone.map((templates) => ({ templates }))),
]);
const writableSchema = personSchema.extend(secretSchema.shape);

/** What the gallery file holds, under its checksum. */
export type GalleryDocument = z.infer<typeof documentSchema>;
/** What a file of changes changes. */
export type Since = z.infer<typeof sinceSchema>;

/** The one name of what was sealed: no other document of the same key has it (it is authenticated, and the nonce random). */
export function sealOf({ templates: { nonce, tag } }: GalleryDocument): string {
  return `${nonce}.${tag}`;
}

/**
 * Seal a snapshot for the disk. The templates of everyone are one sealed block under one random nonce, so that AES-GCM's
 * limit of 2^32 nonces per key (NIST SP 800-38D §8.3) counts writes and not templates.
 *
 * @param key 32 bytes
 * @param since for a file of changes
 * @throws LimenError `gallery.message-invalid` for people that could not be read back: better refused now than after
 *   the next start.
 */
export function sealGallery(snapshot: GallerySnapshot, key: Buffer, since?: Since): GalleryDocument {
  const people = writable(snapshot);
  const open = {
    format: galleryFormat as typeof galleryFormat,
    lineage: snapshot.lineage,
    version: snapshot.version,
    embedder: snapshot.embedder,
    ...(snapshot.embedders && { embedders: [...snapshot.embedders] }),
    people: people.map(({ templates, pinHash, duressPinHash, cards, ...readable }) => readable),
    erased: Object.entries(snapshot.erased),
    ...(since && { since }),
    keyCheck: keyCheckOf(key),
  };
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(JSON.stringify(open)));
  const plain = JSON.stringify(
    people.map(({ templates, pinHash, duressPinHash, cards }) => ({ templates, pinHash, duressPinHash, cards })),
  );
  const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
  const base64 = (bytes: Buffer) => bytes.toString('base64');
  return {
    ...open,
    templates: { nonce: base64(nonce), sealed: base64(sealed), tag: base64(cipher.getAuthTag()) },
  };
}

/**
 * The snapshot inside a document.
 *
 * @throws LimenError `key.invalid` for another key than it was sealed with, `gallery.corrupt` for anything that was
 *   changed or cannot be a gallery.
 */
export function openGallery(document: GalleryDocument, key: Buffer, file: string): GallerySnapshot {
  if (document.keyCheck !== keyCheckOf(key)) {
    throw new LimenError('key.invalid', `The gallery ${file} was encrypted with another key than the one in use.`, {
      hint: 'Put the key file of this device back. If it is lost, remove the gallery files and the hub sends everyone again.',
    });
  }
  const { templates, ...open } = document;
  const parsed = checked(file, 'its templates cannot be decrypted', () => {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(templates.nonce, 'base64'), { authTagLength: 16 })
      .setAAD(Buffer.from(JSON.stringify(open)))
      .setAuthTag(Buffer.from(templates.tag, 'base64'));
    const plain = Buffer.concat([decipher.update(templates.sealed, 'base64'), decipher.final()]);
    return secretsSchema.parse(JSON.parse(plain.toString('utf8')));
  });
  if (parsed.length !== open.people.length) throw corrupt(file, 'people and templates do not belong together');
  return {
    lineage: open.lineage,
    version: open.version,
    embedder: open.embedder,
    ...(open.embedders && { embedders: open.embedders }),
    people: open.people.map((person, i) => {
      const { templates: packed, ...credentials } = parsed[i]!;
      return { ...person, ...credentials, templates: packed.map(unpackTemplate) } as Person;
    }),
    erased: Object.fromEntries(open.erased),
  };
}

/** The bytes of the file. */
export function encodeGallery(document: GalleryDocument): string {
  const text = JSON.stringify(document);
  return `{"checksum":"${sha256(text)}","document":${text}}\n`;
}

/**
 * The document in the bytes of a file. The checksum is looked at before the format, so that damage to the format number
 * is not mistaken for a newer limen.
 *
 * @throws LimenError `gallery.corrupt`, or `file.newer-version` for a whole file of a later format.
 */
export function decodeGallery(bytes: Buffer, file: string): GalleryDocument {
  if (bytes.length === 0) throw corrupt(file, 'it is empty');
  const parsed: unknown = checked(file, 'it is cut off or overwritten', () => JSON.parse(bytes.toString('utf8')));
  const { checksum, document } = checked(file, 'it is not a gallery', () => {
    envelopeSchema.parse(parsed);
    return parsed as z.infer<typeof envelopeSchema>;
  });
  if (checksum !== sha256(JSON.stringify(document))) throw corrupt(file, 'its checksum does not match');
  if (document.format > galleryFormat) {
    throw new LimenError(
      'file.newer-version',
      `The gallery ${file} was written by a newer limen (format ${document.format}; this one knows ${galleryFormat}).`,
      {
        hint: 'Install the newer limen again. To stay with this one, remove the gallery files and the hub sends everyone again.',
      },
    );
  }
  return checked(file, 'it is not a gallery', () => documentSchema.parse(document));
}

/** People who could be read back. One change must not cost a look at everybody's templates: most are as they were. */
const sound = new WeakSet<Person>();

function writable({ people }: GallerySnapshot): z.infer<typeof writableSchema>[] {
  return people.map((person) => {
    const packed = inOrderOfSchema(person);
    if (sound.has(person)) return packed as z.infer<typeof writableSchema>;
    const result = writableSchema.safeParse(packed);
    if (!result.success) throw unwritable(person.id, result.error.issues[0]!);
    sound.add(person);
    return result.data;
  });
}

/** What is read back has its fields in this order, and is authenticated as it then stands there. */
function inOrderOfSchema({ id, name, groups, validFrom, validUntil, version, extendedPulse, ...secret }: Person) {
  const long = extendedPulse === undefined ? {} : { extendedPulse };
  const readable = { id, name, groups, validFrom, validUntil, version, ...long };
  return { ...readable, ...secret, templates: secret.templates.map(packTemplate) };
}

function unwritable(id: string, { path, message }: { path: PropertyKey[]; message: string }): LimenError {
  const what = `person ${id}, ${path.join('.')}: ${message}`;
  return new LimenError('gallery.message-invalid', `The gallery cannot be stored: ${what}.`, {
    hint: 'Correct this person on the hub and publish again.',
  });
}

function packTemplate({ model, scale, data }: Template) {
  return { model, scale, data: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64') };
}

function unpackTemplate({ model, scale, data }: { model: string; scale: number; data: string }): Template {
  return { model, scale, data: Int8Array.from(Buffer.from(data, 'base64')) };
}

function keyCheckOf(key: Buffer): string {
  return createHmac('sha256', key).update('limen gallery key check').digest('hex').slice(0, 16);
}

function checked<T>(file: string, what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw corrupt(file, what, error);
  }
}

function corrupt(file: string, what: string, cause?: unknown): LimenError {
  const detail = cause instanceof z.ZodError ? ` (${z.prettifyError(cause).split('\n')[0]})` : '';
  return new LimenError('gallery.corrupt', `The gallery ${file} cannot be used: ${what}${detail}.`, {
    hint: 'Check the disk or SD card. Then remove the gallery files, and the hub sends everyone again.',
    cause: cause === undefined ? undefined : messageOf(cause),
  });
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
