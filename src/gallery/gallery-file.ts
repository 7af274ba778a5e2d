import { createDecipheriv, createHash } from 'node:crypto';
import { z } from 'zod';
import { LimenError, messageOf } from '../domain/errors.ts';
import { unpackTemplates } from '../domain/packed-template.ts';
import type { Person } from '../domain/person.ts';
import {
  documentSchema,
  envelopeSchema,
  type GalleryDocument,
  galleryFormat,
  keyCheckOf,
  secretSchema,
  secretsSchema,
} from './gallery-document.ts';
import type { GallerySnapshot } from './gallery-store.ts';

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
  const everyone = checked(file, 'its templates cannot be decrypted', () => {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(templates.nonce, 'base64'), { authTagLength: 16 })
      .setAAD(Buffer.from(JSON.stringify(open)))
      .setAuthTag(Buffer.from(templates.tag, 'base64'));
    return secretsSchema.parse(
      JSON.parse(decipher.update(templates.sealed, 'base64', 'utf8') + decipher.final('utf8')),
    );
  });
  if (everyone.length !== open.people.length) throw corrupt(file, 'people and templates do not belong together');
  return {
    lineage: open.lineage,
    version: open.version,
    embedder: open.embedder,
    ...(open.embedders && { embedders: open.embedders }),
    people: checked(file, 'it is not a gallery', () =>
      open.people.map((person, i) => {
        const { templates: packed, ...credentials } = secretSchema.parse(everyone[i]);
        return { ...person, ...credentials, templates: unpackTemplates(packed) } as Person;
      }),
    ),
    erased: Object.fromEntries(open.erased),
  };
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
  if (checksum !== sha256(documentIn(bytes))) throw corrupt(file, 'its checksum does not match');
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

/**
 * What the checksum is over, as it lies there, which needs no memory. The checksum stands behind it, in files of older
 * limens before it; inside of a text there are no such quotes.
 */
function documentIn(bytes: Buffer): Buffer {
  const start = bytes.indexOf(documentName) + documentName.length;
  const end = bytes.lastIndexOf(',"checksum":');
  return bytes.subarray(start, end > start ? end : bytes.lastIndexOf('}'));
}
const documentName = '"document":';

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

function sha256(text: Buffer): string {
  return createHash('sha256').update(text).digest('hex');
}
