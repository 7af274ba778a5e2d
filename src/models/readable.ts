import { chmod, mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * Let everybody on this machine read a pack, whatever the umask says: it holds no secrets, root fetches it, and the
 * daemons that load it are other users.
 *
 * @throws what the system says.
 */
export async function makeReadable(folder: string): Promise<void> {
  for (const file of await readdir(folder)) await chmod(join(folder, file), 0o644);
  await chmod(folder, 0o755);
}

/**
 * Make a folder of packs where it is missing; everybody may look into what was made.
 *
 * @throws what the system says.
 */
export async function makeOpenFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return;
  for (let made = folder; made.length >= first.length; made = dirname(made)) await chmod(made, 0o755);
}
