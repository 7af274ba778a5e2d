import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packFolders, resolvePackFolder } from '../vision/pack-folders.ts';

/** A folder with a pack.json, where packs are looked for. Whether it is whole is for {@link loadPack} to say. */
export interface Installed {
  readonly name: string;
  readonly folder: string;
}

/** Every pack that a name stands for on this machine, in the order in which packs are looked for. */
export function installedPacks(): Installed[] {
  const byName = new Map<string, Installed>();
  for (const folder of packFolders()) {
    for (const name of namesIn(folder)) {
      if (!byName.has(name)) byName.set(name, { name, folder: resolvePackFolder(name) });
    }
  }
  return [...byName.values()];
}

function namesIn(folder: string): string[] {
  let entries: string[];
  try {
    entries = readdirSync(folder);
  } catch {
    // A place to look in that is not there, or not for us, has no packs.
    return [];
  }
  // What is being fetched begins with a dot.
  return entries.filter((name) => !name.startsWith('.') && existsSync(join(folder, name, 'pack.json'))).sort();
}
