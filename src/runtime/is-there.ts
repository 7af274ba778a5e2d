import { statSync } from 'node:fs';
import { LimenError, messageOf } from '../domain/errors.ts';

/**
 * Whether this file has been written yet.
 *
 * @throws LimenError `file.unreadable` when that cannot be seen: "not yet" would send the user looking in the wrong place.
 */
export function isThere(file: string): boolean {
  try {
    return statSync(file, { throwIfNoEntry: false }) !== undefined;
  } catch (cause) {
    throw new LimenError('file.unreadable', `The file ${file} cannot be read: ${messageOf(cause)}.`, {
      hint: 'Run this as the user that limen runs as: sudo -u limen limen …',
      cause,
    });
  }
}
