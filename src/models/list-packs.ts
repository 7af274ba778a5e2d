import { isLimenError, type LimenError } from '../domain/errors.ts';
import { type InstalledPack, readManifest } from '../vision/pack.ts';
import type { PackManifest } from '../vision/pack-manifest.ts';
import { readCatalogue } from './catalogue.ts';
import { installedPacks } from './installed.ts';

/** A pack that is here, or can be fetched. */
export interface ListedPack {
  readonly pack: PackManifest;
  readonly installed: boolean;
  readonly urls: Readonly<Record<string, readonly string[]>> | null;
  /** What it carries about its embedder, as shares of 1; `null` where nobody has measured it. */
  readonly figures: { readonly accuracy: number | null; readonly trueAcceptance: number | null };
}

/** What `limen evaluate verification --write lfwDev` leaves in a pack, as far as it is shown. */
interface LfwFigures {
  readonly accuracy?: number;
  readonly allAgainstAll?: { readonly trueAcceptanceAtFar?: Readonly<Record<string, number>> };
}

/** Every pack: those that are here, then those that can be fetched. @param onFault a folder that is no pack, which is left out */
export async function listPacks(onFault: (error: LimenError) => void): Promise<ListedPack[]> {
  const catalogue = readCatalogue();
  const rows: ListedPack[] = [];
  for (const { folder } of installedPacks()) {
    try {
      const { folder: _folder, ...pack }: InstalledPack = await readManifest(folder);
      const urls = catalogue.find((other) => other.pack.name === pack.name)?.urls ?? null;
      rows.push({ pack, installed: true, urls, figures: figuresOf(pack) });
    } catch (error) {
      if (!isLimenError(error)) throw error;
      onFault(error);
    }
  }
  const here = new Set(rows.map(({ pack }) => pack.name));
  const others = catalogue.filter(({ pack }) => !here.has(pack.name));
  return [...rows, ...others.map(({ pack, urls }) => ({ pack, urls, installed: false, figures: figuresOf(pack) }))];
}

function figuresOf({ figures }: PackManifest): ListedPack['figures'] {
  const lfw = figures.lfwDev as LfwFigures | undefined;
  return {
    accuracy: lfw?.accuracy ?? null,
    trueAcceptance: lfw?.allAgainstAll?.trueAcceptanceAtFar?.['0.001'] ?? null,
  };
}
