import { chmod, chown, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LimenError } from '../domain/errors.ts';
import { writeDurable } from '../runtime/durable-file.ts';
import { isThere } from '../runtime/is-there.ts';

/**
 * Take an account out of Mosquitto's files `passwords` and `acl` in a folder. Returns the files that were changed.
 *
 * @throws LimenError `file.unreadable` when neither is there, `file.unwritable`, `disk.full`.
 */
export async function removeAccount(folder: string, name: string): Promise<string[]> {
  const files = { passwords: join(folder, 'passwords'), acl: join(folder, 'acl') };
  if (!isThere(files.passwords) && !isThere(files.acl)) {
    throw new LimenError('file.unreadable', `${folder} holds neither "passwords" nor "acl".`, {
      hint: 'Name the folder of config/mosquitto as it was copied to the broker.',
    });
  }
  const changed = [
    await rewrite(files.passwords, (text) => linesOf(text).filter((line) => !line.startsWith(`${name}:`))),
    await rewrite(files.acl, (text) => withoutUser(linesOf(text), name)),
  ];
  return changed.filter((file) => file !== null);
}

/** In an ACL file, a line `user NAME` is followed by what that user may do, up to the next user or pattern. */
function withoutUser(lines: readonly string[], name: string): string[] {
  let inside = false;
  return lines.filter((line) => {
    const [word, value] = line.trim().split(/\s+/);
    if (word === 'user') inside = value === name;
    else if (word === 'pattern') inside = false;
    return !inside;
  });
}

async function rewrite(file: string, change: (text: string) => string[]): Promise<string | null> {
  if (!isThere(file)) return null;
  const before = await readFile(file, 'utf8');
  const after = change(before).join('\n');
  if (after === before) return null;
  const { mode, uid, gid } = await stat(file);
  await writeDurable(file, after, { keepPrevious: false });
  // The broker runs as a user of its own, and has to read it as before.
  await chmod(file, mode);
  if (process.getuid?.() === 0) await chown(file, uid, gid);
  return file;
}

function linesOf(text: string): string[] {
  return text.split('\n');
}
