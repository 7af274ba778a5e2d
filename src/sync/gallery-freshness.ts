import { join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../domain/clock.ts';
import { LimenError } from '../domain/errors.ts';
import type { Report } from '../domain/event.ts';
import type { GalleryTrust } from '../domain/gallery-trust.ts';
import type { GallerySnapshot } from '../gallery/gallery-store.ts';
import { readDurable, writeDurable } from '../runtime/durable-file.ts';
import { inOrder } from '../runtime/in-order.ts';
import type { Head } from './messages.ts';

/** What is demanded of people when the hub has not confirmed the gallery for too long, counted from the head's end. */
export interface ExpiryPolicy {
  /** `null`: never. */
  readonly secondFactorAfterMs: number | null;
  readonly refuseAfterMs: number | null;
}

/** How long ago the hub confirmed the gallery that is in use. */
export interface GalleryFreshness {
  readonly trust: GalleryTrust;
  /** The time it is at least, by everything that is known. */
  now(): Date;
  /** The gallery in use is what this head says. */
  confirmed(head: Head): void;
  /** Time has passed: see whether something ends, and say so once. Call it every few seconds. */
  tick(): void;
  /** Resolves when what is known is on the disk. */
  close(): Promise<void>;
}

export interface GalleryFreshnessOptions {
  readonly file: string;
  readonly clock: Clock;
  readonly policy: ExpiryPolicy;
  /** The stored one; `null` where there is none. */
  readonly gallery: Pick<GallerySnapshot, 'lineage' | 'version'> | null;
  readonly report: Report;
  /** A write that failed: it is tried again with the next. */
  readonly onUnwritten?: (error: unknown) => void;
}

const documentSchema = z.object({
  format: z.literal(1),
  /** Whose versions are counted here: those of another hub begin anew. An older limen did not say. */
  lineage: z.string().optional(),
  version: z.number().int().min(0),
  issuedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().nullable(),
  /** It was later than this already. */
  knownTime: z.iso.datetime(),
  /** What was said last, so that a restart does not say it again. */
  trust: z.enum(['full', 'working', 'second-factor', 'none']),
});
type Document = z.infer<typeof documentSchema>;

/** Where a terminal keeps it. */
export function galleryAgeFileIn(dataFolder: string): string {
  return join(dataFolder, 'gallery-age.json');
}

/** How often the passing of time is written down: so much of it is forgotten with every power cut, at most. */
const saveEveryMs = 600_000;

/**
 * Opens what is known from before. Time is measured so that neither a wrong clock locks a building nor a stopped one
 * trusts for ever: a clock that a time server has set is believed; without one, it is as late as the last time that was
 * known (a time server's, or that of a head which the hub has signed) and the terminal has run since. Hours without power
 * do not count then. A terminal that has a gallery and has lost this file begins to count at once.
 */
export async function openGalleryFreshness(options: GalleryFreshnessOptions): Promise<GalleryFreshness> {
  const { file, clock, policy, report } = options;
  const found = await readDurable(file, decode).catch(() => null);
  const serially = inOrder();
  const startMs = clock.quality() === 'synced' ? clock.now().getTime() : 0;
  let known = remembered(found?.value ?? null, options.gallery) ?? lost(options.gallery, startMs);
  let base = {
    ms: Math.max(startMs, Date.parse(known?.knownTime ?? new Date(0).toISOString())),
    atMs: clock.monotonicMs(),
  };
  let savedMs = clock.monotonicMs();

  const nowMs = () => {
    const atMs = clock.monotonicMs();
    base =
      clock.quality() === 'synced' ? { ms: clock.now().getTime(), atMs } : { ms: base.ms + atMs - base.atMs, atMs };
    return base.ms;
  };
  const save = () => {
    if (known === null) return;
    known = { ...known, knownTime: new Date(nowMs()).toISOString() };
    savedMs = clock.monotonicMs();
    const text = `${JSON.stringify(known)}\n`;
    serially(() => writeDurable(file, text)).catch((error) => options.onUnwritten?.(error));
  };
  const say = (trust: GalleryTrust) => {
    if (known === null || known.trust === trust) return;
    const { version, expiresAt, trust: before } = known;
    known = { ...known, trust };
    if (trust === 'full') report({ kind: 'gallery.renewed', body: { version, expiresAt, after: before } });
    else report({ kind: 'gallery.expired', body: { version, expiresAt: expiresAt ?? '', allows: trust } });
    save();
  };
  const tick = () => {
    say(trustAt(nowMs(), known?.expiresAt ?? null, policy));
    if (clock.monotonicMs() - savedMs >= saveEveryMs) save();
  };

  return {
    get trust() {
      return known?.trust ?? 'full';
    },
    now: () => new Date(nowMs()),
    confirmed: ({ lineage, version, issuedAt, expiresAt }) => {
      if (known?.lineage === lineage && isOlder({ version, issuedAt }, known)) return;
      const trust = known?.trust ?? 'full';
      if (clock.quality() !== 'synced' && Date.parse(issuedAt) > nowMs()) base = { ...base, ms: Date.parse(issuedAt) };
      const isNew = known?.lineage !== lineage || known.issuedAt !== issuedAt || known.version !== version;
      known = { format: 1, lineage, version, issuedAt, expiresAt, knownTime: issuedAt, trust };
      tick();
      if (isNew) save();
    },
    tick,
    close: async () => {
      save();
      await serially(async () => {});
    },
  };
}

/** What a gallery is still good for at a time. */
export function trustAt(nowMs: number, expiresAt: string | null, policy: ExpiryPolicy): GalleryTrust {
  const lateMs = expiresAt === null ? -1 : nowMs - Date.parse(expiresAt);
  if (lateMs < 0) return 'full';
  if (policy.refuseAfterMs !== null && lateMs >= policy.refuseAfterMs) return 'none';
  return policy.secondFactorAfterMs !== null && lateMs >= policy.secondFactorAfterMs ? 'second-factor' : 'working';
}

/** What was kept of this gallery; a gallery of another hub has no age yet. */
function remembered(found: Document | null, gallery: GalleryFreshnessOptions['gallery']): Document | null {
  if (found === null || gallery === null) return found;
  const { lineage = gallery.lineage } = found;
  return lineage === gallery.lineage ? { ...found, lineage } : null;
}

function isOlder(head: Pick<Document, 'version' | 'issuedAt'>, than: Document): boolean {
  return head.version < than.version || Date.parse(head.issuedAt) < Date.parse(than.issuedAt);
}

function lost(gallery: GalleryFreshnessOptions['gallery'], nowMs: number): Document | null {
  if (gallery === null || gallery.version === 0) return null;
  const { lineage, version } = gallery;
  const now = new Date(nowMs).toISOString();
  return {
    format: 1,
    lineage,
    version,
    issuedAt: new Date(0).toISOString(),
    expiresAt: now,
    knownTime: now,
    trust: 'full',
  };
}

function decode(bytes: Buffer): Document {
  try {
    return documentSchema.parse(JSON.parse(bytes.toString('utf8')));
  } catch (cause) {
    throw new LimenError('file.corrupt', 'What is known about the age of the gallery cannot be read.', { cause });
  }
}
