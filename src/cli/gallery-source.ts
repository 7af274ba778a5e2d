import type { RecognitionConfig } from '../config/recognition-schema.ts';
import type { Calibration } from '../domain/calibration.ts';
import { LimenError } from '../domain/errors.ts';
import type { Gallery } from '../gallery/gallery.ts';
import { nearestThresholdFor } from '../gallery/threshold.ts';

/** A gallery to look into, and what its people are judged by. */
export interface GallerySource {
  readonly gallery: Gallery;
  readonly calibration: Calibration;
  /** What the site demands; on a hub, whose terminals may each demand something else, the defaults. */
  readonly targetFpir: number;
  readonly minMargin: number;
  /** Person id -> file name of each template's picture; only a hub knows any. */
  readonly pictureNames: ReadonlyMap<string, readonly string[]>;
  /** `true` when the embedder is the one that limen comes with. */
  readonly shippedEmbedder: boolean;
  /** The terminal's data folder; `null` on a hub. */
  readonly terminalFolder: string | null;
}

/**
 * The gallery that a terminal's or a hub's configuration points to, without changing anything there.
 *
 * @throws LimenError `gallery.empty` when there is none yet, `template.foreign-embedder` when a hub's people were enrolled
 *   with another pack, `calibration.unsupported` when the pack in use has no
 *   impostor figures for it, and what reading throws.
 */
export async function gallerySourceOf(file: string): Promise<GallerySource> {
  const { isHubConfig } = await import('../config/load.ts');
  return isHubConfig(file) ? ofHub(file) : ofTerminal(file);
}

/** τ of this gallery: the strictest measured one where the data does not reach the target. */
export function policyThreshold({ gallery, calibration, targetFpir }: GallerySource): number {
  return nearestThresholdFor({ calibration, comparisons: gallery.rows, targetFpir }).threshold;
}

async function ofTerminal(file: string): Promise<GallerySource> {
  const { config, gallery } = await galleryOf(file);
  const { targetFpir, minMargin } = config.recognition;
  const figures = await figuresFor(gallery, config.recognition);
  return {
    ...figures,
    ...{ gallery, targetFpir, minMargin: minMargin ?? figures.minMargin },
    ...{ pictureNames: new Map(), terminalFolder: config.dataFolder },
  };
}

async function ofHub(file: string): Promise<GallerySource> {
  const [{ Gallery }, { loadPack }, { recognitionSchema }] = await Promise.all([
    import('../gallery/gallery.ts'),
    import('../vision/pack.ts'),
    import('../config/recognition-schema.ts'),
  ]);
  const { config, people, state, pictureNames } = await hubBooksOf(file);
  const { embedder } = await loadPack(config.recognition.pack);
  const gallery = Gallery.from({ ...state, embedder: embedder.id, people, erased: {} });
  if (gallery.needsReembedding.length > 0) throw foreign(gallery);
  const { targetFpir } = recognitionSchema.parse({});
  const figures = await figuresFor(gallery, config.recognition);
  return { ...figures, ...{ gallery, targetFpir, pictureNames, terminalFolder: null } };
}

/** Who is in the books of a hub, whichever pack they were enrolled with. @throws LimenError `gallery.empty`. */
export async function hubBooksOf(file: string) {
  const [{ loadHubConfig }, { booksAreThere }, { openHubStore }, { hubBooks }] = await Promise.all([
    import('../config/load.ts'),
    import('../hub/database.ts'),
    import('../hub/hub-store.ts'),
    import('../hub-books.ts'),
  ]);
  const config = loadHubConfig(file);
  const books = hubBooks(config);
  if (!(await booksAreThere(books)))
    throw empty(`The hub of the site ${config.site} has no books yet in ${config.dataFolder}.`);
  const store = await openHubStore(books);
  try {
    const people = await store.people();
    if (people.length === 0) throw empty(`Nobody is enrolled on the hub of the site ${config.site}.`);
    return { config, people, state: await store.state(), pictureNames: await store.pictureNames() };
  } finally {
    await store.close();
  }
}

/** The gallery that a terminal's config points to, in the space that the terminal compares in. @throws LimenError `gallery.empty` when there is none yet. */
export async function galleryOf(file: string) {
  const [{ loadRecognition }, { Gallery }, { projectSnapshot }] = await Promise.all([
    import('../compose.ts'),
    import('../gallery/gallery.ts'),
    import('../gallery/projected.ts'),
  ]);
  const { config, stored } = await storedGalleryOf(file);
  const { projection } = await loadRecognition(config.recognition);
  return { config, stored, gallery: Gallery.from(projectSnapshot(projection, stored.snapshot)) };
}

/** The same as it lies on the disk, as the embedder made it. @throws LimenError `gallery.empty`. */
export async function storedGalleryOf(file: string) {
  const [{ loadTerminalConfig }, { readStoredGallery }] = await Promise.all([
    import('../config/load.ts'),
    import('../compose.ts'),
  ]);
  const config = loadTerminalConfig(file);
  const stored = await readStoredGallery(config.dataFolder);
  if (stored === null) {
    throw new LimenError(
      'gallery.empty',
      `The terminal ${config.terminal} has no gallery yet in ${config.dataFolder}.`,
      {
        hint: 'Start it with `limen run` while the hub can be reached.',
      },
    );
  }
  return { config, stored };
}

/** The figures for the gallery's embedder: the pack's, or the projection's. */
async function figuresFor(gallery: Gallery, recognition: Pick<RecognitionConfig, 'pack' | 'projection'>) {
  const [{ calibrationFor, minMarginOf }, { loadRecognition }, { shippedPackFolder }] = await Promise.all([
    import('../access/policy.ts'),
    import('../compose.ts'),
    import('../vision/pack-folders.ts'),
  ]);
  const { pack } = await loadRecognition(recognition);
  const calibration = calibrationFor(gallery, pack.calibration);
  return {
    calibration,
    minMargin: minMarginOf(calibration),
    shippedEmbedder: pack.embedder.folder === shippedPackFolder(),
  };
}

function foreign({ needsReembedding, people, embedder }: Gallery): LimenError {
  return new LimenError(
    'template.foreign-embedder',
    `${needsReembedding.length} of ${people.size} people were enrolled with another embedder than ${embedder}, which the pack in use has.`,
    {
      hint: 'Enrol them again from their pictures: limen people import FOLDER --again --config hub.yaml. Or put the old pack back into recognition.pack.',
    },
  );
}

function empty(sentence: string): LimenError {
  return new LimenError('gallery.empty', sentence, {
    hint: 'Enrol somebody: limen people add 1001 ada-1.jpg ada-2.jpg --name Ada --config hub.yaml',
  });
}
