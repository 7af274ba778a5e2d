import type { TerminalConfig } from './config/schema.ts';
import type { Clock } from './domain/clock.ts';
import { isLimenError, messageOf } from './domain/errors.ts';
import type { StoredGallery } from './gallery/gallery-store.ts';
import type { Logger } from './runtime/logger.ts';
import { type GalleryFreshness, galleryAgeFileIn, openGalleryFreshness } from './sync/gallery-freshness.ts';
import type { Terminal } from './terminal.ts';

export interface FollowFreshnessOptions {
  readonly config: Pick<TerminalConfig, 'gallery' | 'dataFolder'>;
  readonly terminal: Pick<Terminal, 'note'>;
  readonly stored: StoredGallery | null;
  readonly clock: Clock;
  readonly log: Logger;
}

const dayMs = 86_400_000;
const tickMs = 10_000;

/** Know how long ago the hub confirmed the gallery, and say in time what that means. */
export async function followFreshness(options: FollowFreshnessOptions): Promise<GalleryFreshness> {
  const { config, terminal, stored, clock, log } = options;
  const inMs = (days: number | undefined) => (days === undefined ? null : days * dayMs);
  const { secondFactorAfterDays, refuseAfterDays } = config.gallery;
  const freshness = await openGalleryFreshness({
    file: galleryAgeFileIn(config.dataFolder),
    policy: { secondFactorAfterMs: inMs(secondFactorAfterDays), refuseAfterMs: inMs(refuseAfterDays) },
    ...{ clock, gallery: stored?.snapshot ?? null, report: terminal.note },
    onUnwritten: (error) => log.error({ code: isLimenError(error) ? error.code : undefined }, messageOf(error)),
  });
  const ticking = setInterval(() => freshness.tick(), tickMs);
  freshness.tick();
  return {
    ...freshness,
    get trust() {
      return freshness.trust;
    },
    close: async () => {
      clearInterval(ticking);
      await freshness.close();
    },
  };
}
