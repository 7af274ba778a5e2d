import { existsSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve, sep } from 'node:path';
import { packageRoot } from '../runtime/package-root.ts';

/** Where packs are looked for by name: the folders of `LIMEN_MODELS`, limen's own `models/`, `/var/lib/limen/models`. */
export function packFolders(): string[] {
  return [...chosenPackFolders(), shippedModels(), '/var/lib/limen/models'];
}

/** The folders that `LIMEN_MODELS` names, separated as in `PATH`. */
export function chosenPackFolders(): string[] {
  const folders = (process.env.LIMEN_MODELS ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => resolve(folder));
}

/** The pack that limen comes with. It fills in the roles that others have not. */
export function shippedPackFolder(): string {
  return join(shippedModels(), 'faceapi');
}

/**
 * The folder of a pack: anything with a separator is a path, a plain name is looked for in {@link packFolders}. The
 * shipped pack's name means the shipped pack, whatever else is called so. A name that is nowhere comes back as the
 * folder where limen itself would have it.
 */
export function resolvePackFolder(nameOrPath: string): string {
  const isPath = isAbsolute(nameOrPath) || nameOrPath.includes('/') || nameOrPath.includes(sep);
  if (isPath) return resolve(nameOrPath);
  const own = join(shippedModels(), nameOrPath);
  if (own === shippedPackFolder()) return own;
  const places = packFolders().map((folder) => join(folder, nameOrPath));
  return places.find((place) => existsSync(join(place, 'pack.json'))) ?? own;
}

/** The mend when a folder that a pack should be in has none. */
export function missingPackHint(folder: string): string {
  const looked = folder.startsWith(shippedModels()) ? packFolders().join(', ') : folder;
  return `There is none in ${looked}. \`limen models list\` shows those there are, \`limen models add NAME\` fetches one.`;
}

function shippedModels(): string {
  return join(packageRoot(), 'models');
}
