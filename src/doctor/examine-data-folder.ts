import { accessSync, constants, type Stats, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isLimenError, LimenError, messageOf } from '../domain/errors.ts';
import { openDataFolder } from '../runtime/data-folder.ts';
import { isThere } from '../runtime/is-there.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

/**
 * Look at a data folder without writing into it: a file that root left there while looking is one that the daemon,
 * which is not root, cannot open.
 *
 * @throws LimenError `file.unreadable`, `file.unwritable`.
 */
export function examineDataFolder(folder: string): Finding {
  const found = statOf(folder);
  if (found === null) {
    assertWritable(nearestAncestor(folder));
    return ok('data', `${folder} will be made at the first start`);
  }
  if (!found.isDirectory()) return fail('data', `${folder} is not a folder`, 'Set dataFolder to a folder.');
  if ((found.mode & 0o002) !== 0) {
    return fail('data', `everyone on this machine may write into ${folder}`, `Run: chmod 700 ${folder}`);
  }
  if (found.uid !== process.getuid?.()) {
    const says = `${folder} belongs to user number ${found.uid}; this is number ${process.getuid?.()}`;
    return warn('data', says, 'Run doctor as the user that limen runs as: sudo -u limen limen doctor …');
  }
  assertWritable(folder);
  return isThere(join(folder, 'daemon.lock')) ? holderOf(folder) : ok('data', `${folder} can be used`);
}

/** The lock file is there already, so that taking the lock for a moment leaves nothing behind. */
function holderOf(folder: string): Finding {
  try {
    openDataFolder(folder).close();
    return ok('data', `${folder} can be used, and no daemon uses it`);
  } catch (error) {
    if (isLimenError(error, 'data-folder.in-use')) return ok('data', `a daemon runs: ${error.message}`);
    throw error;
  }
}

function statOf(path: string): Stats | null {
  try {
    return statSync(path, { throwIfNoEntry: false }) ?? null;
  } catch (cause) {
    throw new LimenError('file.unreadable', `The data folder ${path} cannot be looked at: ${messageOf(cause)}.`, {
      hint: 'Run doctor as the user that limen runs as: sudo -u limen limen doctor …',
      cause,
    });
  }
}

function nearestAncestor(path: string): string {
  const parent = dirname(path);
  return parent === path || statOf(parent) !== null ? parent : nearestAncestor(parent);
}

function assertWritable(folder: string): void {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new LimenError('file.unwritable', `This user may not write into ${folder}.`, {
      hint: 'Give the folder to the user that limen runs as, or set dataFolder to another place.',
      cause,
    });
  }
}
