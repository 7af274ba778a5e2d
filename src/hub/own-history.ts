import type { Kysely } from 'kysely';
import { LimenError } from '../domain/errors.ts';
import { stampsIn } from '../sync/digest.ts';
import type { Head } from '../sync/messages.ts';
import type { HubTables } from './hub-schema.ts';
import { noteOvertaken, overtaken, overtakenBy, resumedAt } from './resumed-history.ts';
import type { GalleryOutline } from './stamp-book.ts';

/** What a publisher is about to publish. */
export type OwnGallery = Pick<GalleryOutline, 'version' | 'digests' | 'list'>;

/**
 * The books are what terminals know, or go on from there. `known` is the head that the broker keeps.
 *
 * @throws LimenError `gallery.foreign-lineage`; `gallery.rollback` for an old copy of the books, also for one that was
 *   worked with since, however far: it is remembered until the history is taken up above what terminals have.
 */
export async function assertOwnHistory(db: Kysely<HubTables>, lineage: string, known: Head | null, own: OwnGallery) {
  if (known !== null) assertLineage(known, lineage);
  if (known !== null && (await isAhead(db, known, own))) {
    await noteOvertaken(db, 'head', known.version);
    throw overtaken('The broker holds', known.version, own.version);
  }
  const before = await overtakenBy(db, 'head');
  if (before !== null) throw overtaken('The broker held', before, own.version);
}

/** @throws LimenError `gallery.foreign-lineage`. */
export function assertLineage(known: Head, lineage: string): void {
  if (known.lineage === lineage) return;
  throw new LimenError('gallery.foreign-lineage', 'The broker holds the gallery of another hub with the same keys.', {
    hint: "Restore that hub's database here, or give the site new keys and clear its topics on the broker.",
  });
}

/**
 * Whether a head is one that these books never had, and do not go on above either: a newer one, or one that tells
 * otherwise of a bucket in which nothing has changed since here. No record ever leaves the books.
 */
export async function isAhead(db: Kysely<HubTables>, known: Head, own: OwnGallery): Promise<boolean> {
  if (known.version <= (await resumedAt(db))) return false;
  if (known.version > own.version) return true;
  const names = new Set([...Object.keys(known.buckets), ...Object.keys(own.digests)]);
  return [...names].some((name) => {
    if (known.buckets[name] === own.digests[name]) return false;
    const stamps = stampsIn(own.list(name)) ?? [];
    return stamps.every(({ version }) => version <= known.version);
  });
}
