import type { Clock } from '../domain/clock.ts';
import { type Head, wireFormat } from '../sync/messages.ts';
import type { HubStore } from './hub-store.ts';
import type { GalleryOutline } from './stamp-book.ts';

/** What a head says besides what is in the books. */
export interface HeadOptions {
  readonly site: string;
  /** Id of the embedder that the hub enrols with. */
  readonly embedder: string;
  readonly clock: Clock;
  /** How long it is good for; without it, for ever. */
  readonly headLifetimeMs?: number | undefined;
}

const dayMs = 86_400_000;

/** The head of these books as they are, signed by nobody yet. */
export async function headOf(
  { version, count, digests, embedders }: GalleryOutline,
  { site, store, embedder: own, clock, headLifetimeMs }: HeadOptions & { readonly store: Pick<HubStore, 'state'> },
): Promise<Head> {
  const { lineage } = await store.state();
  const now = clock.now();
  // Until the hub's own embedder knows everybody, the site goes on with the one that does.
  const embedder = embedders.includes(own) ? own : (embedders[0] ?? own);
  return {
    ...(embedders.length > 1 && { embedders: [...embedders] }),
    ...{ format: wireFormat, site, lineage, version, embedder, count, buckets: { ...digests } },
    issuedAt: now.toISOString(),
    expiresAt: headLifetimeMs === undefined ? null : new Date(now.getTime() + headLifetimeMs).toISOString(),
  };
}

/** A head is made anew this often: it ends long after that, so that a hub may be away for most of its time. */
export function renewalMs(lifetimeMs: number): number {
  return Math.min(dayMs, lifetimeMs / 4);
}

/** Whether the head that the broker keeps should have been made anew already, or was made for another lifetime. */
export function isAging(
  { issuedAt, expiresAt }: Head,
  { clock, headLifetimeMs }: Pick<HeadOptions, 'clock' | 'headLifetimeMs'>,
): boolean {
  if (headLifetimeMs === undefined) return expiresAt !== null;
  const issuedMs = Date.parse(issuedAt);
  if (expiresAt === null || Date.parse(expiresAt) - issuedMs !== headLifetimeMs) return true;
  return clock.now().getTime() - issuedMs >= renewalMs(headLifetimeMs);
}
