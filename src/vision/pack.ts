import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isAbsolute, join, resolve, sep } from 'node:path';
import { LimenError, systemCodeOf } from '../domain/errors.ts';
import { packageRoot } from '../runtime/package-root.ts';
import { type PackManifest, packManifestSchema } from './pack-manifest.ts';

/** What a network in a pack is for. */
export type Role = 'detector' | 'landmarks' | 'embedder' | 'liveness';

/** A verified pack: what its networks are, how to feed them, how good they are. */
export interface Pack extends PackManifest {
  readonly folder: string;
}

const roles: readonly Role[] = ['detector', 'landmarks', 'embedder', 'liveness'];
const fetchAgain = 'Restore the folder from the release, or name another pack in recognition.pack.';

/** The folder of a pack: a plain name means `models/<name>` inside limen, anything with a separator is a path. */
export function resolvePackFolder(nameOrPath: string): string {
  const isPath = isAbsolute(nameOrPath) || nameOrPath.includes('/') || nameOrPath.includes(sep);
  return isPath ? resolve(nameOrPath) : join(packageRoot(), 'models', nameOrPath);
}

/**
 * Read a pack and verify every file in it.
 *
 * @throws LimenError `pack.missing`, `pack.invalid` for a pack.json that does not say what is needed,
 *   `pack.tampered` when a file's bytes are not the ones that the pack was built with.
 */
export async function loadPack(folder: string): Promise<Pack> {
  const pack = { ...manifestFrom(await readText(join(folder, 'pack.json'), folder), folder), folder };
  await Promise.all(roles.map((role) => pack[role] && readNetwork(pack, role)));
  return pack;
}

/**
 * The verified bytes of one network. Verified at every read, so what is run is what was checked.
 *
 * @throws LimenError `pack.missing`, `pack.tampered`.
 */
export async function readNetwork(pack: Pack, role: Role): Promise<Uint8Array> {
  const entry = pack[role];
  if (!entry) throw new LimenError('pack.missing', `The pack ${pack.name} has no ${role} network.`);
  const bytes = await readBytes(join(pack.folder, entry.file), pack.folder);
  if (createHash('sha256').update(bytes).digest('hex') !== entry.sha256) {
    throw new LimenError('pack.tampered', `${join(pack.folder, entry.file)} is not the file that pack.json names.`, {
      hint: `It is damaged or was changed. ${fetchAgain}`,
    });
  }
  return bytes;
}

function manifestFrom(text: string, folder: string): PackManifest {
  const file = join(folder, 'pack.json');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new LimenError('pack.invalid', `${file} is not JSON.`, { hint: fetchAgain, cause });
  }
  const result = packManifestSchema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new LimenError('pack.invalid', `${file}: ${issue?.path.join('.') || 'the whole'}: ${issue?.message}.`, {
    hint: fetchAgain,
    cause: result.error,
  });
}

async function readText(file: string, folder: string): Promise<string> {
  return new TextDecoder().decode(await readBytes(file, folder));
}

async function readBytes(file: string, folder: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    const absent = systemCodeOf(cause) === 'ENOENT' || systemCodeOf(cause) === 'ENOTDIR';
    throw new LimenError('pack.missing', `${file} ${absent ? 'does not exist' : 'cannot be read'}.`, {
      hint: `A pack is a folder with pack.json and its networks; ${folder} is not a whole one. ${fetchAgain}`,
      cause,
    });
  }
}
