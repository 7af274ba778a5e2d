import { readFileSync, statSync } from 'node:fs';
import { sep } from 'node:path';
import { LimenError, messageOf, systemCodeOf } from '../domain/errors.ts';

/** systemd puts credentials here when it does not say where in `$CREDENTIALS_DIRECTORY`. */
const credentialsRoot = '/run/credentials';

/**
 * Read a file that only limen may read: a password, a private key.
 *
 * @throws LimenError `config.secret-exposed` when other users may read it, `key.missing` when it is not there,
 *   `file.unreadable` when this user may not.
 */
export function readSecretFile(path: string): string {
  let mode: number;
  let text: string;
  try {
    mode = statSync(path).mode;
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    const code = systemCodeOf(cause) === 'ENOENT' ? 'key.missing' : 'file.unreadable';
    throw new LimenError(code, `The secret ${path} cannot be read: ${messageOf(cause)}.`, {
      hint: 'Check the path in the configuration, and that the file belongs to the user limen runs as.',
      cause,
    });
  }
  assertPrivate(path, mode);
  return text;
}

/**
 * systemd hands a credential to a service by an access list, whose mask shows up as group bits: there, only rights of
 * everybody mean that it is exposed.
 *
 * @throws LimenError `config.secret-exposed`.
 */
export function assertPrivate(path: string, mode: number): void {
  const credentials = process.env.CREDENTIALS_DIRECTORY ?? credentialsRoot;
  const exposing = path.startsWith(credentials + sep) ? 0o007 : 0o077;
  if ((mode & exposing) === 0) return;
  throw new LimenError('config.secret-exposed', `The secret ${path} can be read by other users of this machine.`, {
    hint: `chmod 600 ${path}`,
  });
}
