import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { LimenError, messageOf, systemCodeOf } from '../domain/errors.ts';
import type { Point } from '../domain/face.ts';
import type { TrueFace } from './detection.ts';
import { foldersIn, picturesIn } from './pictures.ts';

const point = z.tuple([z.number(), z.number()]);
const box = z.tuple([z.number(), z.number(), z.number().positive(), z.number().positive()]);
const eyes = z.tuple([point, point]);
const face = z.object({ id: z.string(), box, eyes: eyes.optional() });

const clip = z.object({
  name: z.string(),
  dir: z.string(),
  pattern: z.string().regex(/%0?\d*d/, 'a file name with the number of the frame in it, such as frame-%04d.jpg'),
  fps: z.number().positive(),
  frames: z.number().int().positive(),
  id: z.string().optional(),
  /** Whether a living person stands before the camera. */
  live: z.boolean(),
  /** What stands there instead: a species of attack instrument (ISO/IEC 30107-3), such as `print`. */
  attack: z.string().optional(),
  boxes: z.array(box.nullable()).nullish(),
  eyes: z.array(eyes.nullable()).nullish(),
});

const manifestSchema = z.object({
  images: z.array(face.extend({ file: z.string() })).default([]),
  scenes: z.array(z.object({ file: z.string(), faces: z.array(face) })).default([]),
  clips: z.array(clip).default([]),
});

/** A picture with everybody who is on it. */
export interface LabelledFrame {
  readonly file: string;
  readonly faces: readonly TrueFace[];
}

/** A walk up to the camera, by somebody or by something. */
export interface LabelledClip {
  readonly name: string;
  readonly files: readonly string[];
  readonly fps: number;
  /** `null` for a living person. */
  readonly species: string | null;
}

/** What a folder's manifest.json says about its pictures. */
export interface Labels {
  /** Pictures of one person each. */
  readonly singles: readonly LabelledFrame[];
  /** Pictures of several people or none, and the frames of walk-ups. */
  readonly frames: readonly LabelledFrame[];
  readonly clips: readonly LabelledClip[];
}

/**
 * Read the manifest of a folder in the form of limen's own `test/people/manifest.json`: boxes are `[x, y, width, height]`,
 * eyes `[[x, y], [x, y]]`, in pixels.
 *
 * @returns `null` when the folder has no manifest.json
 * @throws LimenError `file.corrupt` naming what is wrong with it.
 */
export async function readLabels(folder: string): Promise<Labels | null> {
  const file = join(folder, 'manifest.json');
  const manifest = await parsed(file);
  if (manifest === null) return null;
  const frameFile = ({ dir, pattern }: z.infer<typeof clip>, i: number) =>
    join(
      folder,
      dir,
      pattern.replace(/%0?(\d*)d/, (_, digits: string) => String(i + 1).padStart(Number(digits || 0), '0')),
    );
  const walks = manifest.clips.filter(({ live, boxes }) => live && boxes);
  return {
    singles: manifest.images.map((image) => ({ file: join(folder, image.file), faces: [trueFace(image)] })),
    frames: [
      ...manifest.scenes.map((scene) => ({ file: join(folder, scene.file), faces: scene.faces.map(trueFace) })),
      ...walks.flatMap((walk) =>
        (walk.boxes ?? []).map((at, i) => ({
          file: frameFile(walk, i),
          faces:
            at === null ? [] : [trueFace({ id: walk.id ?? walk.name, box: at, eyes: walk.eyes?.[i] ?? undefined })],
        })),
      ),
    ],
    clips: manifest.clips.map((one) => ({
      name: one.name,
      files: Array.from({ length: one.frames }, (_, i) => frameFile(one, i)),
      fps: one.fps,
      species: one.live ? null : (one.attack ?? 'unnamed attack'),
    })),
  };
}

/**
 * Clips of a folder: by its manifest.json, or, without one, a folder `live` with a folder of JPEG frames per walk-up, and
 * beside it one folder per attack species in the same form, played at 10 frames per second.
 *
 * @throws LimenError `file.corrupt`, `file.unreadable`; `evaluate.too-little` when there is no clip.
 */
export async function readClips(folder: string): Promise<readonly LabelledClip[]> {
  const labels = await readLabels(folder);
  const clips = labels?.clips ?? foldersIn(folder).flatMap((species) => clipsOf(folder, species));
  if (clips.length > 0) return clips;
  throw new LimenError('evaluate.too-little', `There is no clip in ${folder}.`, {
    hint: 'Put walk-ups of living people into live/NAME/ and attacks into SPECIES/NAME/, each a folder of JPEG frames.',
  });
}

function clipsOf(folder: string, species: string): LabelledClip[] {
  return foldersIn(join(folder, species)).map((name) => ({
    name: `${species}/${name}`,
    files: picturesIn(join(folder, species, name)),
    fps: 10,
    species: species === 'live' ? null : species,
  }));
}

async function parsed(file: string): Promise<z.infer<typeof manifestSchema> | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if (systemCodeOf(cause) === 'ENOENT') return null;
    throw new LimenError('file.unreadable', `${file} cannot be read: ${messageOf(cause)}.`, {
      hint: 'Check the path and the rights.',
      cause,
    });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new LimenError('file.corrupt', `${file} is not JSON: ${messageOf(cause)}.`, {
      hint: 'Correct it, or restore it.',
      cause,
    });
  }
  const result = manifestSchema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new LimenError('file.corrupt', `${file}: ${issue?.path.join('.')}: ${issue?.message}.`, {
    hint: 'docs/evaluation.md shows what such a file looks like.',
    cause: result.error,
  });
}

function trueFace({ id, box: [x, y, width, height], eyes: pair }: z.infer<typeof face>): TrueFace {
  return {
    person: id,
    box: { x, y, width, height },
    eyes: pair ? ordered(pair.map(([px, py]) => ({ x: px, y: py }))) : null,
  };
}

function ordered(pair: readonly Point[]): readonly [Point, Point] {
  const [first, second] = pair as readonly [Point, Point];
  return first.x <= second.x ? [first, second] : [second, first];
}
