import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { LimenError } from '../domain/errors.ts';
import { writeFailure } from '../runtime/durable-file.ts';
import { chosenPackFolders, lastingPackFolders, machinePackFolder } from '../vision/pack-folders.ts';

/**
 * The folder that new packs go into: the one that was asked for, or that `LIMEN_MODELS` begins with, made where it is
 * missing; else the first of {@link lastingPackFolders} that may be written to, where {@link machinePackFolder} is made for
 * whoever may make it.
 *
 * @throws LimenError `file.unwritable`.
 */
export async function placeForPacks(wanted: string | undefined): Promise<string> {
  const chosen = wanted ?? chosenPackFolders()[0];
  if (chosen !== undefined) {
    const folder = resolve(chosen);
    await mkdir(folder, { recursive: true }).catch((cause) => {
      throw writeFailure(folder, cause);
    });
    return folder;
  }
  const folders = lastingPackFolders();
  for (const folder of folders) {
    if (folder === machinePackFolder) await mkdir(folder, { recursive: true }).catch(() => {});
    if (await isWritable(folder)) return folder;
  }
  throw new LimenError('file.unwritable', `None of ${folders.join(', ')} can be written to.`, {
    hint: 'Run this as root (sudo), or name a folder with --to and tell limen of it: LIMEN_MODELS=FOLDER.',
  });
}

function isWritable(folder: string): Promise<boolean> {
  return access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );
}
