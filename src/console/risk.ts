import { Worker } from 'node:worker_threads';
import { calibrationFor, minMarginOf } from '../access/policy.ts';
import { recognitionSchema } from '../config/recognition-schema.ts';
import type { HubConfig } from '../config/schema.ts';
import type { Calibration } from '../domain/calibration.ts';
import { LimenError } from '../domain/errors.ts';
import { hasFace } from '../domain/person.ts';
import { Gallery } from '../gallery/gallery.ts';
import type { GallerySnapshot } from '../gallery/gallery-store.ts';
import type { HubStore } from '../hub/hub-store.ts';
import { siblingModule } from '../runtime/package-root.ts';
import { loadPack } from '../vision/pack.ts';
import type { GalleryRiskTold } from './answers/risk.ts';

/** What of a desk is needed. */
export interface GalleryBooks {
  readonly store: HubStore;
  readonly config: HubConfig;
  readonly closing: AbortSignal;
}

/** What the far side is given; see `risk-worker.ts`. */
export interface RiskWork {
  readonly snapshot: GallerySnapshot;
  readonly calibration: Calibration;
  readonly targetFpir: number;
  readonly minMargin: number;
}

/** What it gives back: the risk, or what stood against it. */
export type RiskReply =
  | { readonly risk: GalleryRiskTold }
  | {
      readonly refused: {
        readonly code: LimenError['code'];
        readonly message: string;
        readonly hint?: string | undefined;
      };
    };

/**
 * The gallery of the hub's books, and what its people are judged by.
 *
 * @throws LimenError `gallery.empty`, `template.foreign-embedder`, `calibration.unsupported`, and what reading throws.
 */
export async function galleryInBooks({
  store,
  config,
}: Omit<GalleryBooks, 'closing'>): Promise<{ gallery: Gallery; calibration: Calibration; snapshot: GallerySnapshot }> {
  const [people, state, pack] = await Promise.all([store.people(), store.state(), loadPack(config.recognition.pack)]);
  if (!people.some(hasFace)) {
    throw new LimenError('gallery.empty', 'Nobody is enrolled with a face, so there is nobody to be mistaken for.', {
      hint: 'Enrol people first: the page People.',
    });
  }
  const snapshot = { ...state, embedder: pack.embedder.id, people, erased: {} };
  const gallery = Gallery.from(snapshot);
  if (gallery.needsReembedding.length > 0) throw foreign(gallery);
  return { gallery, calibration: calibrationFor(gallery, pack.calibration), snapshot };
}

/** The risk of the gallery as it is now. Counted once for each version of it, beside the main loop. */
export interface RiskBook {
  /** @throws LimenError as {@link galleryInBooks}. */
  now(books: GalleryBooks): Promise<GalleryRiskTold>;
}

/** A book that remembers the last risk. */
export function riskBook(): RiskBook {
  let last: { readonly version: string; readonly risk: Promise<GalleryRiskTold> } | null = null;
  return {
    now: async (books) => {
      const { lineage, version: reached } = await books.store.state();
      const version = `${lineage} ${reached}`;
      if (last?.version === version) return last.risk;
      const { snapshot, calibration } = await galleryInBooks(books);
      const { targetFpir } = recognitionSchema.parse({});
      const risk = counted({ snapshot, calibration, targetFpir, minMargin: minMarginOf(calibration) }, books.closing);
      const mine = { version, risk };
      last = mine;
      // What went wrong is tried again.
      risk.catch(() => {
        if (last === mine) last = null;
      });
      return risk;
    },
  };
}

/** Every picture is held against every other: seconds to minutes for thousands of people, which no door shall wait for. */
async function counted(work: RiskWork, signal: AbortSignal): Promise<GalleryRiskTold> {
  const worker = new Worker(siblingModule(import.meta.url, './risk-worker'), { workerData: work, name: 'risk' });
  const end = () => void worker.terminate();
  signal.addEventListener('abort', end, { once: true });
  try {
    const reply = await new Promise<RiskReply>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', () =>
        reject(new LimenError('internal', 'The risk of the gallery was not counted to its end.')),
      );
    });
    if ('risk' in reply) return reply.risk;
    const { code, message, hint } = reply.refused;
    throw new LimenError(code, message, hint === undefined ? {} : { hint });
  } finally {
    signal.removeEventListener('abort', end);
    await worker.terminate();
  }
}

function foreign({ needsReembedding, people, embedder }: Gallery): LimenError {
  return new LimenError(
    'template.foreign-embedder',
    `${needsReembedding.length} of ${people.size} people were enrolled with another embedder than ${embedder}, which the pack in use has.`,
    { hint: 'Enrol them again from their pictures, or put the old pack back into recognition.pack.' },
  );
}
