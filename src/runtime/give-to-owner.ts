import { lchown, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * What root makes in a folder belongs to whoever that folder belongs to: a command under sudo works for the user that the
 * daemon runs as. Anybody else's files are their own already.
 */
export async function giveToOwner(file: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = await stat(dirname(file));
  // A link, which that user may have laid there, would give away what it leads to.
  await lchown(file, uid, gid);
}
