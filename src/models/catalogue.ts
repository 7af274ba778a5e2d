import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { LimenError, messageOf } from '../domain/errors.ts';
import { packageRoot } from '../runtime/package-root.ts';
import { filesIn, type PackFile } from '../vision/network-manifest.ts';
import { type PackManifest, packManifestSchema } from '../vision/pack-manifest.ts';

/** A pack that limen describes and does not ship: its pack.json, and where its files are fetched from. */
export interface CatalogueEntry {
  readonly pack: PackManifest;
  /** For each file of the pack where it is, the first that has it wins. Any of them may lie: the sha256 decides. */
  readonly urls: Readonly<Record<string, readonly string[]>>;
}

const entrySchema = z.object({
  pack: packManifestSchema,
  urls: z.record(z.string(), z.array(z.url({ protocol: /^https$/ })).min(1)),
});

/** Every pack that `limen models add` can fetch, by name. @throws LimenError `pack.invalid` for a damaged installation. */
export function readCatalogue(): CatalogueEntry[] {
  const folder = join(packageRoot(), 'models', 'catalogue');
  return namesIn(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => entryFrom(join(folder, name)));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (cause) {
    throw new LimenError('pack.invalid', `${folder} cannot be read: ${messageOf(cause)}.`, {
      hint: 'Install limen again.',
      cause,
    });
  }
}

/** @throws LimenError `pack.missing` for a name that is not in the catalogue; the hint lists those that are. */
export function catalogueEntry(name: string): CatalogueEntry {
  const entries = readCatalogue();
  const entry = entries.find(({ pack }) => pack.name === name);
  if (entry) return entry;
  throw new LimenError('pack.missing', `There is no pack "${name}" to fetch.`, {
    hint: `There are ${entries.map(({ pack }) => pack.name).join(', ')}. A model of your own comes in with \`limen models import\`.`,
  });
}

/** Every file of a pack, each once. */
export function filesOf(pack: PackManifest): PackFile[] {
  return [...new Map(filesIn(pack).map((file) => [file.file, file])).values()];
}

/** What a pack weighs on the disk. */
export function bytesOf(pack: PackManifest): number {
  return filesOf(pack).reduce((sum, { bytes }) => sum + bytes, 0);
}

function entryFrom(file: string): CatalogueEntry {
  try {
    const entry = entrySchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    const homeless = filesOf(entry.pack).find((one) => entry.urls[one.file] === undefined);
    if (homeless) throw new Error(`no address for ${homeless.file}`);
    return entry;
  } catch (cause) {
    throw new LimenError('pack.invalid', `${file} cannot be used: ${messageOf(cause)}`, {
      hint: 'Install limen again.',
      cause,
    });
  }
}
