import { basename, extname, join, parse } from 'node:path';
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
      return { id, name: rest.join(' ') || id, files: picturesIn(join(folder, entry.name)) };
    });
  if (people.length > 0) return people;
  throw new LimenError('usage.invalid', `There is no folder of a person in ${folder}.`, {
    hint: 'Make one folder per person and put their pictures into it; enrolment reads "ID NAME" from its name.',
  });
}

/** The pictures of people who are on a list. */
export interface PicturesById {
  readonly of: (id: string) => readonly string[];
  /** Those of nobody on the list. */
  readonly leftOver: readonly string[];
}

/**
 * Whose pictures lie in a folder: in folders of their own, `ID` or `ID NAME`, or side by side as `ID.jpg`, `ID-1.jpg`,
 * `ID_2.png`. An id that ends like that itself goes before.
 *
 * @throws LimenError `file.unreadable`.
 */
export function picturesById(folder: string, ids: ReadonlySet<string>): PicturesById {
  const files = new Map<string, string[]>();
  const leftOver: string[] = [];
  const take = (id: string, own: readonly string[]) => {
    if (!ids.has(id)) leftOver.push(...own);
    else files.set(id, [...(files.get(id) ?? []), ...own]);
  };
  for (const entry of entriesOf(folder).filter((one) => isFolder(folder, one))) {
    take(entry.name.split(' ', 1)[0] as string, picturesIn(join(folder, entry.name)));
  }
  for (const file of picturesIn(folder)) {
    const { name } = parse(file);
    take(ids.has(name) ? name : name.replace(/[-_ ]\d+$/, ''), [file]);
  }
  return { of: (id) => files.get(id) ?? [], leftOver };
}

function picturesIn(folder: string): string[] {
  return entriesOf(folder)
    .filter((file) => !isFolder(folder, file) && pictureTypes.has(extname(file.name).toLowerCase()))
    .map((file) => join(folder, file.name))
    .sort();
}
