import { basename, extname, join } from 'node:path';
import { LimenError } from '../domain/errors.ts';
import { entriesOf, isFolder, readPicture } from '../runtime/picture-files.ts';
import type { Picture } from './enrol.ts';

/** Somebody to be enrolled, and where their pictures lie. */
export interface PersonOnDisk {
  readonly id: string;
  readonly name: string;
  readonly files: readonly string[];
}

const pictureTypes = new Set(['.jpg', '.jpeg', '.png', '.webp']);

/** @throws LimenError `file.unreadable` naming the first picture that cannot be read. */
export function readPictures(files: readonly string[]): Picture[] {
  return files.map((file) => ({ name: basename(file), jpeg: readPicture(file) }));
}

/**
 * One folder per person, named `ID NAME` ("1001 Ada Lovelace") or just `ID`; every picture in it is used.
 *
 * @throws LimenError `file.unreadable`, or `usage.invalid` when there is nobody in it.
 */
export function peopleInFolder(folder: string): PersonOnDisk[] {
  const people = entriesOf(folder)
    .filter((entry) => isFolder(folder, entry))
    .map((entry) => {
      const [id = entry.name, ...rest] = entry.name.split(' ');
      const files = entriesOf(join(folder, entry.name))
        .filter((file) => !file.isDirectory() && pictureTypes.has(extname(file.name).toLowerCase()))
        .map((file) => join(folder, entry.name, file.name))
        .sort();
      return { id, name: rest.join(' ') || id, files };
    });
  if (people.length > 0) return people;
  throw new LimenError('usage.invalid', `There is no folder of a person in ${folder}.`, {
    hint: 'Make one folder per person and put their pictures into it; enrolment reads "ID NAME" from its name.',
  });
}
