import { readFileSync, statSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { isMap, parseDocument } from 'yaml';
import { loadHubConfig, loadTerminalConfig } from '../config/load.ts';
import type { HubConfig, TerminalConfig } from '../config/schema.ts';
import { LimenError } from '../domain/errors.ts';
import { writeFailure } from '../runtime/durable-file.ts';
import { loadPack, type Pack } from '../vision/pack.ts';
import { roles } from '../vision/pack-manifest.ts';
import { withPacks } from './edit-pack-setting.ts';

/** What a change of packs means. */
export interface PackChange {
  readonly before: Pack;
  readonly after: Pack;
  /** What the file says now. */
  readonly packs: readonly string[];
  /** Packs that were named before and give nothing any more. */
  readonly dropped: readonly string[];
}

/**
 * Put a pack first in the `recognition.pack` of a configuration, and drop from it what then gives nothing any more.
 * Comments and order of the file stay. Nothing is written unless the pack is whole and the new file is valid.
 *
 * @throws LimenError `pack.*`; `config.*` for a file that is not sound before the change; `file.unwritable`.
 */
export async function usePack(name: string, configFile: string): Promise<PackChange> {
  const named = namedIn(configFile);
  const first = { written: name.includes('/') ? resolve(name) : name, loaded: name };
  const all = [first, ...named.filter(({ written }) => written !== first.written)];
  const after = await loadPack(all.map(({ loaded }) => loaded));
  const kept = await necessary(all, after);
  const packs = kept.map(({ written }) => written);
  const before = await loadPack(named.map(({ loaded }) => loaded));
  await edit(configFile, packs);
  const dropped = all.filter((pack) => !kept.includes(pack)).map(({ written }) => written);
  return { before, after, packs, dropped: dropped.filter((other) => other !== 'faceapi') };
}

/** A pack as the file names it, and as it is found: a path in a file is relative to the file. */
interface Named {
  readonly written: string;
  readonly loaded: string;
}

function namedIn(file: string): Named[] {
  const found = [configAt(file).recognition.pack].flat();
  const value = parseDocument(readFileSync(file, 'utf8')).toJS()?.recognition?.pack;
  const written = value === undefined ? found : [value].flat();
  return found.map((loaded, i) => ({ written: String(written[i]), loaded }));
}

/** Whether a configuration is a hub's: it has no name and no camera. What is no YAML is left to the loader to explain. */
function configAt(file: string): TerminalConfig | HubConfig {
  const content = readContent(file);
  const isHub = isMap(content) && !content.has('terminal') && !content.has('camera');
  return isHub ? loadHubConfig(file) : loadTerminalConfig(file);
}

function readContent(file: string) {
  try {
    return parseDocument(readFileSync(file, 'utf8')).contents;
  } catch {
    return null;
  }
}

/** The packs without which another network would be used somewhere; what the shipped pack gives needs no name. */
async function necessary(packs: readonly Named[], result: Pack): Promise<readonly Named[]> {
  let kept = packs;
  for (const pack of packs.slice(1)) {
    const without = kept.filter((other) => other !== pack);
    if (isSame(await loadPack(without.map(({ loaded }) => loaded)), result)) kept = without;
  }
  return kept;
}

function isSame(a: Pack, b: Pack): boolean {
  return roles.every((role) => a[role]?.folder === b[role]?.folder);
}

async function edit(file: string, packs: readonly string[]): Promise<void> {
  // Beside the old one: relative paths in it stay what they are.
  const next = join(dirname(file), `.${basename(file)}.new`);
  try {
    await writeFile(next, withPacks(readFileSync(file, 'utf8'), packs), { mode: statSync(file).mode });
    const written = configAt(next).recognition.pack;
    if ([written].flat().length !== packs.length) throw new LimenError('internal', `${file} could not be edited.`);
    await rename(next, file);
  } catch (error) {
    await rm(next, { force: true });
    throw writeFailure(file, error);
  }
}
