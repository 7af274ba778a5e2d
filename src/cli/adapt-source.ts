import { LimenError } from '../domain/errors.ts';
import type { Template } from '../domain/template.ts';
import { type EyesFlags, lookWith, packsFrom } from './evaluating.ts';

/** Where the templates come from. */
export interface SourceFlags extends EyesFlags {
  readonly config?: string;
  readonly images?: string;
  readonly strangers?: string;
}

/** Whom a projection is learned from. */
export interface AdaptSource {
  readonly people: readonly (readonly Template[])[];
  readonly embedder: string;
  /** What the site demands; the default where there is no terminal's configuration. */
  readonly targetFpir: number;
  readonly strangers: { readonly templates: readonly Template[]; readonly source: string } | undefined;
}

/**
 * Templates from a terminal's gallery, a hub's books or folders of pictures, and of strangers where a folder is named.
 *
 * @throws LimenError `usage.invalid` unless there is exactly one source, and what reading throws.
 */
export async function adaptSourceOf(flags: SourceFlags, signal: AbortSignal): Promise<AdaptSource> {
  const { config, images, strangers } = flags;
  if ((config === undefined) === (images === undefined)) {
    throw new LimenError('usage.invalid', 'limen adapt learns from --config or from --images, from one of them.', {
      hint: 'For example: limen adapt --config hub.yaml --out projection.json',
    });
  }
  const enrolled = config === undefined ? await fromPictures(images as string, flags, signal) : await fromBooks(config);
  const looked = strangers === undefined ? undefined : await strangersIn(strangers, enrolled.eyes, signal);
  if (looked !== undefined && looked.embedder !== enrolled.embedder) {
    throw new LimenError(
      'template.foreign-embedder',
      `The people are of ${enrolled.embedder}, and the strangers were looked at with ${looked.embedder}.`,
      { hint: 'Name the pack that the people were enrolled with in the configuration.' },
    );
  }
  return { ...enrolled, strangers: looked };
}

interface Enrolled extends Omit<AdaptSource, 'strangers'> {
  /** What to look at strangers with. */
  readonly eyes: Eyes;
}

interface Eyes {
  readonly pack: readonly string[];
  readonly engine: string | undefined;
}

async function fromBooks(file: string): Promise<Enrolled> {
  const { isHubConfig } = await import('../config/load.ts');
  return isHubConfig(file) ? fromHub(file) : fromTerminal(file);
}

/** As the embedder made them: the projection that is in use already plays no part. */
async function fromTerminal(file: string): Promise<Enrolled> {
  const { storedGalleryOf } = await import('./gallery-source.ts');
  const { config, stored } = await storedGalleryOf(file);
  const { pack, engine, targetFpir } = config.recognition;
  const { people, embedder } = stored.snapshot;
  return {
    people: people.map(({ templates }) => templates),
    embedder,
    targetFpir,
    eyes: { pack: [pack].flat(), engine },
  };
}

async function fromHub(file: string): Promise<Enrolled> {
  const { gallerySourceOf } = await import('./gallery-source.ts');
  const { loadHubConfig } = await import('../config/load.ts');
  const { gallery, targetFpir } = await gallerySourceOf(file);
  const { pack, engine } = loadHubConfig(file).recognition;
  const people = [...gallery.people.values()].map(({ templates }) => templates);
  return { people, embedder: gallery.embedder, targetFpir, eyes: { pack: [pack].flat(), engine } };
}

async function fromPictures(folder: string, flags: SourceFlags, signal: AbortSignal): Promise<Enrolled> {
  const [{ peopleInFolder }, { templatesOf }, { recognitionSchema }] = await Promise.all([
    import('../hub/pictures.ts'),
    import('../evaluate/pictures.ts'),
    import('../config/recognition-schema.ts'),
  ]);
  const [pack] = await packsFrom(flags);
  const eyes = { pack: pack as string[], engine: flags.engine };
  const files = peopleInFolder(folder).map((person) => person.files);
  return lookWith({ ...eyes, signal }, async (looking) => {
    const templates = await templatesOf(files.flat(), looking);
    const people = files.map((own) => own.flatMap((file) => templates.get(file) ?? []));
    return { people, embedder: looking.vision.model, targetFpir: recognitionSchema.parse({}).targetFpir, eyes };
  });
}

async function strangersIn(folder: string, eyes: Eyes, signal: AbortSignal) {
  const { picturesIn, templatesOf } = await import('../evaluate/pictures.ts');
  const files = picturesIn(folder);
  return lookWith({ ...eyes, signal }, async (looking) => {
    const templates = [...(await templatesOf(files, looking)).values()].filter((template) => template !== null);
    return {
      templates,
      embedder: looking.vision.model,
      source: `${templates.length} strangers of the site's own choice`,
    };
  });
}
