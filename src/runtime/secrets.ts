import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import { LimenError, messageOf, systemCodeOf } from '../domain/errors.ts';

/** The root of systemd's credentials: every service has a folder of its own in it. */
const credentialsRoot = '/run/credentials';

/**
 * Read a file that only limen may read: a password, a private key. Nothing is read before the rights are checked.
 *
 * @throws LimenError `config.secret-exposed` when other users may read it, `key.missing` when it is not there,
 *   `file.unreadable` when this user may not.
 */
export function readSecretFile(path: string): string {
  let descriptor: number | undefined;
  try {
    // One descriptor for both, so that what was checked is what is read.
    descriptor = openSync(path, 'r');
    assertPrivate(path, fstatSync(descriptor).mode);
    return readFileSync(descriptor, 'utf8');
  } catch (cause) {
    if (cause instanceof LimenError) throw cause;
    const code = systemCodeOf(cause) === 'ENOENT' ? 'key.missing' : 'file.unreadable';
    throw new LimenError(code, `The secret ${path} cannot be read: ${messageOf(cause)}.`, {
      hint: 'Check the path in the configuration, and that the file belongs to the user limen runs as.',
      cause,
    });
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/**
 * systemd hands a credential to a service by an access list, whose mask shows up as group bits: there, only rights of
 * everybody mean that it is exposed.
 *
 * @throws LimenError `config.secret-exposed`.
 */
export function assertPrivate(path: string, mode: number): void {
  const exposing = isCredential(path) ? 0o007 : 0o077;
  if ((mode & exposing) === 0) return;
  throw new LimenError('config.secret-exposed', `The secret ${path} can be read by other users of this machine.`, {
    hint: `chmod 600 ${path}`,
  });
}

/** An empty or relative `$CREDENTIALS_DIRECTORY` names no folder: it must not make every file a credential. */
function isCredential(path: string): boolean {
  const folders = [credentialsRoot, process.env.CREDENTIALS_DIRECTORY ?? ''];
  return folders.some((folder) => folder.startsWith(sep) && resolve(path).startsWith(resolve(folder) + sep));
}
