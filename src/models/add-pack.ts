import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isLimenError, LimenError } from '../domain/errors.ts';
import { syncFolder, writeFailure } from '../runtime/durable-file.ts';
import { isThere } from '../runtime/is-there.ts';
import type { PackFile } from '../vision/network-manifest.ts';
import { readManifest, verifyFiles } from '../vision/pack.ts';
import type { PackManifest } from '../vision/pack-manifest.ts';
import { type CatalogueEntry, filesOf } from './catalogue.ts';
import { type FetchRequest, fetchFile } from './fetch-file.ts';

/** A pack of the catalogue that is to be on this machine. */
export interface AddRequest extends Pick<FetchRequest, 'signal' | 'silenceMs' | 'pauseMs'> {
  readonly entry: CatalogueEntry;
  /** The folder of packs ({@link placeForPacks}); the pack becomes a folder in it. */
  readonly into: string;
  /** A folder, or an address that ends in one, with the files; instead of where the catalogue says they are. */
  readonly from?: string;
  readonly onProgress?: (file: PackFile, bytes: number) => void;
}

/**
 * Fetch a pack and give it its name once every file of it is right; until then it is a folder `.NAME.part`, and a
 * call after an interruption goes on there. A pack that is there and whole is left alone.
 *
 * @returns whether anything was fetched
 * @throws LimenError as `fetchFile`; `pack.missing` when `from` has not all of the files.
 */
export async function addPack(request: AddRequest): Promise<boolean> {
  const { entry, into } = request;
  const folder = join(into, entry.pack.name);
  if (await isWhole(folder, entry)) return false;
  const part = join(into, `.${entry.pack.name}.part`);
  try {
    await mkdir(part, { recursive: true });
    for (const file of filesOf(entry.pack)) await obtain(file, part, request);
    await writeManifest(part, entry.pack);
    await rm(folder, { recursive: true, force: true });
    await rename(part, folder);
    await syncFolder(into);
  } catch (error) {
    throw isLimenError(error) ? error : writeFailure(folder, error);
  }
  return true;
}

/** Write a pack's pack.json. @throws what the system says. */
export async function writeManifest(folder: string, pack: object): Promise<void> {
  await writeFile(join(folder, 'pack.json'), `${JSON.stringify(pack, null, 2)}\n`);
}

/** Whether the files of the catalogue are installed. What the site has measured and written beside them stays. */
async function isWhole(folder: string, { pack }: CatalogueEntry): Promise<boolean> {
  if (!isThere(join(folder, 'pack.json'))) return false;
  try {
    const installed = await readManifest(folder);
    await verifyFiles(installed);
    const prints = (of: PackManifest) => filesOf(of).map(({ file, sha256 }) => `${file} ${sha256}`);
    return prints(installed).join() === prints(pack).join();
  } catch (error) {
    if (isLimenError(error)) return false;
    throw error;
  }
}

async function obtain(file: PackFile, part: string, request: AddRequest): Promise<void> {
  const { entry, from, onProgress } = request;
  const to = join(part, file.file);
  if (await isRight(to, file)) return;
  // Of a damaged pack only what is damaged is fetched.
  const installed = join(request.into, entry.pack.name, file.file);
  if (await isRight(installed, file)) return copyReadable(installed, to);
  const urls = entry.urls[file.file] ?? [];
  if (from !== undefined && !/^https?:\/\//.test(from)) return copyFrom(from, { file, to, urls });
  const addresses = from === undefined ? urls : namesOf(file, urls).map((name) => `${from.replace(/\/$/, '')}/${name}`);
  await firstThatHasIt(addresses, (url) =>
    fetchFile({ ...request, url, to, expected: file, onProgress: (bytes) => onProgress?.(file, bytes) }),
  );
}

/** A mirror that is gone or has something else must not hide one that is right; the first that failed is told. */
async function firstThatHasIt(addresses: readonly string[], fetchFrom: (url: string) => Promise<void>): Promise<void> {
  const failures: LimenError[] = [];
  for (const url of addresses) {
    try {
      return await fetchFrom(url);
    } catch (error) {
      if (!isLimenError(error, 'pack.missing') && !isLimenError(error, 'pack.tampered')) throw error;
      failures.push(error);
    }
  }
  throw failures.find(({ code }) => code === 'pack.tampered') ?? failures[0];
}

async function copyFrom(folder: string, { file, to, urls }: { file: PackFile; to: string; urls: readonly string[] }) {
  const names = namesOf(file, urls);
  const found = names.map((name) => join(folder, name)).find(isThere);
  if (found === undefined) {
    throw new LimenError('pack.missing', `${folder} has no ${names.join(' or ')}.`, {
      hint: `Put it there under ${names.length > 1 ? 'one of these names' : 'this name'}. It comes from ${urls.join(' or ')}.`,
    });
  }
  if (!(await isRight(found, file))) {
    throw new LimenError('pack.tampered', `${found} is not the ${file.file} that limen knows: its sha256 is another.`, {
      hint: `Copy it again. It comes from ${urls.join(' or ')}.`,
    });
  }
  await copyReadable(found, to);
}

async function copyReadable(from: string, to: string): Promise<void> {
  await copyFile(from, to);
  // A copy inherits the mode, and a stick's or a share's may shut the daemon out.
  await chmod(to, 0o644);
}

/** What a file may be called where it is copied from: as in the pack, or as at its address. */
function namesOf({ file }: PackFile, urls: readonly string[]): string[] {
  return [...new Set([file, ...urls.map((url) => basename(new URL(url).pathname))])];
}

async function isRight(path: string, { sha256, bytes }: PackFile): Promise<boolean> {
  if (!isThere(path)) return false;
  const content = await readFile(path);
  return content.length === bytes && createHash('sha256').update(content).digest('hex') === sha256;
}
