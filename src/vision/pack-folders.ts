import { existsSync } from 'node:fs';
import { basename, delimiter, dirname, isAbsolute, join, resolve, sep } from 'node:path';
import { packageRoot } from '../runtime/package-root.ts';

/** Packs for the whole machine: no update of limen touches them, and every user may read them. */
export const machinePackFolder = '/usr/local/share/limen/models';

/**
 * Where packs are looked for by name: the folders of `LIMEN_MODELS`, limen's own `models/`, {@link machinePackFolder},
 * `/var/lib/limen/models`.
 */
export function packFolders(): string[] {
  return [...chosenPackFolders(), shippedModels(), machinePackFolder, '/var/lib/limen/models'];
}

/**
 * Where new packs may go, the best first: {@link packFolders} without the `models/` of an installation by npm, which loses
 * with its next update whatever was not in the package.
 */
export function lastingPackFolders(installation = packageRoot()): string[] {
  const isByNpm = installation.split(sep).includes('node_modules');
  return packFolders().filter((folder) => !isByNpm || folder !== shippedModels());
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

/** What to say when a folder that a pack should be in has none, and the mend. */
export function missingPack(folder: string): { readonly message: string; readonly hint: string } {
  const byName = dirname(folder) === shippedModels();
  return {
    message: byName
      ? `There is no pack "${basename(folder)}" in ${packFolders().join(', ')}.`
      : `There is no pack in ${folder}: it has no pack.json.`,
    hint: '`limen models list` shows those there are and those that `limen models add NAME` fetches; LIMEN_MODELS names further folders to look in.',
  };
}

function shippedModels(): string {
  return join(packageRoot(), 'models');
}
