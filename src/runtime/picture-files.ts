import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { LimenError, messageOf } from '../domain/errors.ts';

const hint = 'Check the path and the rights.';

/** What lies in a folder of pictures or people. @throws LimenError `file.unreadable` naming the folder. */
export function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (cause) {
    throw new LimenError('file.unreadable', `The folder ${folder} cannot be read: ${messageOf(cause)}.`, {
      hint,
      cause,
    });
  }
}

/** Whether an entry of `parent` is a folder. A link to one is one as well: collections are often put together of links. */
export function isFolder(parent: string, entry: Dirent): boolean {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  return statSync(join(parent, entry.name), { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** The bytes of a picture, as they lie on the disk. @throws LimenError `file.unreadable` naming the file. */
export function readPicture(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new LimenError('file.unreadable', `The picture ${file} cannot be read: ${messageOf(cause)}.`, {
      hint,
      cause,
    });
  }
}
