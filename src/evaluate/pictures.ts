import { existsSync } from 'node:fs';
import { extname, join } from 'node:path';
import { isLimenError, LimenError } from '../domain/errors.ts';
import type { Box } from '../domain/face.ts';
import type { Seen, Sighting } from '../domain/sighting.ts';
import type { Template } from '../domain/template.ts';
import { entriesOf, isFolder, readPicture } from '../runtime/picture-files.ts';
import type { QualityGates } from '../vision/quality.ts';
import type { Vision } from '../vision/vision.ts';

/** Gates that everything passes: what a site demands of a picture is its own choice, and no property of a pack. */
export const openGates: QualityGates = {
  minInterEyePx: 0,
  minSharpness: 0,
  maxYawDeg: 90,
  maxPitchDeg: 90,
  maxRollDeg: 180,
  minBrightness: 0,
  maxBrightness: 255,
  minContrast: 0,
};

/** Gates that nothing passes: faces are found and measured, and none is embedded. */
export const closedGates: QualityGates = { ...openGates, minInterEyePx: Number.POSITIVE_INFINITY };

/** A picture on the disk, and who is on it. */
export interface LabelledPicture {
  readonly file: string;
  /** Index of the person, from 0. */
  readonly person: number;
}

/** Told after every picture. */
export type OnProgress = (done: number, total: number) => void;

/** What to look with, and how to stop. */
export interface Looking {
  readonly vision: Vision;
  readonly signal: AbortSignal;
  readonly onProgress?: OnProgress;
}

/** `frame-2` before `frame-10`. */
const byName = new Intl.Collator('en', { numeric: true });

const pictureTypes = new Set(['.jpg', '.jpeg', '.png', '.webp']);

/** Whether a file name is one of a picture that limen reads. */
export function isPicture(name: string): boolean {
  return pictureTypes.has(extname(name).toLowerCase());
}

/**
 * Every picture directly in a folder, by name.
 *
 * @throws LimenError `file.unreadable` when there is none.
 */
export function picturesIn(folder: string): string[] {
  const names = entriesOf(folder)
    .map(({ name }) => name)
    .filter(isPicture)
    .sort(byName.compare);
  if (names.length > 0) return names.map((name) => join(folder, name));
  throw new LimenError('file.unreadable', `There is no picture in ${folder}.`, {
    hint: 'Name a folder that holds JPEG, PNG or WebP files.',
  });
}

/**
 * One picture each of many people: every picture of a folder, or the first one of each folder in it.
 *
 * @throws LimenError `file.unreadable` when there is none.
 */
export function onePictureEach(folder: string): string[] {
  const names = foldersIn(folder).map((name) => join(folder, name));
  if (names.length === 0) return picturesIn(folder);
  return names.flatMap((name) =>
    entriesOf(name)
      .map((entry) => entry.name)
      .filter(isPicture)
      .sort(byName.compare)
      .slice(0, 1)
      .map((file) => join(name, file)),
  );
}

/** Every picture of a folder and of the folders in it. @throws LimenError `file.unreadable` when there is none. */
export function everyPicture(folder: string): string[] {
  const nested = foldersIn(folder);
  return nested.length === 0 ? picturesIn(folder) : nested.flatMap((name) => picturesIn(join(folder, name)));
}

/** The file of a picture as LFW names it, `NAME/NAME_0001.jpg`, with any ending that limen reads; `null` without one. */
export function lfwPicture(folder: string, person: string, number: number): string | null {
  const stem = join(folder, person, `${person}_${String(number).padStart(4, '0')}`);
  return [...pictureTypes].map((ending) => stem + ending).find(existsSync) ?? null;
}

/**
 * One template per picture, `null` where no face was found. Templates stay in memory.
 *
 * @throws LimenError `image.*` or `file.unreadable` naming a picture that is damaged: a hole in the data is no figure.
 */
export async function templatesOf(files: readonly string[], looking: Looking): Promise<Map<string, Template | null>> {
  const sightings = await sightingsOf(files, looking);
  return new Map([...sightings].map(([file, sighting]) => [file, sighting?.template ?? null]));
}

/** The same with everything that was seen of the face. @throws LimenError as {@link templatesOf}. */
export async function sightingsOf(
  files: readonly string[],
  looking: Looking,
): Promise<Map<string, Sighting | undefined>> {
  const sightings = new Map<string, Sighting | undefined>();
  for (const file of files) {
    sightings.set(file, middleFace(await see(file, looking)));
    looking.onProgress?.(sightings.size, files.length);
  }
  return sightings;
}

/** What vision sees in a file. @throws LimenError naming the file; the signal's reason when it aborts. */
export async function see(file: string, { vision, signal }: Looking): Promise<Seen> {
  signal.throwIfAborted();
  const data = new Uint8Array(readPicture(file));
  return vision.see({ id: 0, capturedAtMs: 0, format: 'jpeg', data }).catch((error: unknown) => {
    if (!isLimenError(error) || error.message.includes(file)) throw error;
    throw new LimenError(error.code, `${file}: ${error.message}`, { hint: error.hint, cause: error });
  });
}

/** A picture of a person is centred on that person (LFW's are, by construction): others in it stand aside. */
export function middleFace({ sightings, widthPx, heightPx }: Seen): Sighting | undefined {
  const off = ({ x, y, width, height }: Box) => Math.hypot(x + width / 2 - widthPx / 2, y + height / 2 - heightPx / 2);
  return sightings.toSorted((a, b) => off(a.face.box) - off(b.face.box))[0];
}

/** The folders in a folder, by name. @throws LimenError `file.unreadable`. */
export function foldersIn(folder: string): string[] {
  return entriesOf(folder)
    .filter((entry) => isFolder(folder, entry))
    .map(({ name }) => name)
    .sort(byName.compare);
}
