import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { LimenError, messageOf } from './domain/errors.ts';

/** Where a hub keeps its keys, made by `limen hub init`. */
export function hubKeyFile(dataFolder: string): string {
  return join(dataFolder, 'hub-keys.json');
}

/** Make the folder, for its owner only. @throws LimenError `file.unwritable`. */
export function makeDataFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new LimenError('file.unwritable', `The hub's data folder ${folder} cannot be made: ${messageOf(cause)}.`, {
      hint: 'Make it by hand and give it to the user that runs the hub, or set dataFolder to another place.',
      cause,
    });
  }
}
