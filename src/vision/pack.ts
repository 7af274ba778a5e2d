import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Calibration } from '../domain/calibration.ts';
import { LimenError, systemCodeOf } from '../domain/errors.ts';
import type { Engine, Network } from '../engine/engine.ts';
import type { DetectorSpec } from './detector-manifest.ts';
import type { EmbedderSpec } from './embedder-manifest.ts';
import type { LandmarksSpec } from './landmarks-manifest.ts';
import type { LivenessSpec } from './liveness-manifest.ts';
import { filesIn, graphModelOf, type NetworkSpec, onnxOf, type PackFile } from './network-manifest.ts';
import { missingPack, resolvePackFolder, shippedPackFolder } from './pack-folders.ts';
import { type PackManifest, packManifestSchema, roles } from './pack-manifest.ts';

/** A part of a pack, and the folder that its files are in. */
export type Placed<Spec> = Spec & { readonly folder: string };

/** One pack as it lies on the disk: its networks may cover some roles only. */
export type InstalledPack = Placed<PackManifest>;

/** What vision runs on: for each role the first of the named packs that has it. */
export interface Pack {
  /** The packs that give a role, as they can be named again: `yunet,faceapi`. */
  readonly name: string;
  readonly detector: Placed<DetectorSpec>;
  readonly landmarks: Placed<LandmarksSpec>;
  readonly embedder: Placed<EmbedderSpec>;
  readonly liveness?: Placed<LivenessSpec>;
  /** Of the pack that gives the embedder; `null` when nobody has measured it, and then no threshold can be derived. */
  readonly calibration: Calibration | null;
  /** The same for glimpses; without it every look is a full one. */
  readonly glimpseCalibration: Calibration | null;
}

const fetchAgain = 'Restore the folder from where it came, or name another pack in recognition.pack.';

/**
 * Compose what vision runs on, and verify every file of it. The first pack of the list that has a role gives it; the
 * shipped pack fills in what none of them has.
 *
 * @param names of packs, or paths of their folders ({@link resolvePackFolder})
 * @throws LimenError `pack.missing`, `pack.invalid` for a pack.json that does not say what is needed,
 *   `pack.tampered` when a file's bytes are not the ones that the pack was built with.
 */
export async function loadPack(names: string | readonly string[]): Promise<Pack> {
  const folders = [names].flat().map(resolvePackFolder);
  const packs = await Promise.all([...new Set([...folders, shippedPackFolder()])].map(readManifest));
  const pack = composed(packs);
  await Promise.all(roles.flatMap((role) => pack[role] ?? []).map(verifyFiles));
  return pack;
}

/** What a folder's pack.json says. Its files are not looked at. @throws LimenError `pack.missing`, `pack.invalid`. */
export async function readManifest(folder: string): Promise<InstalledPack> {
  const text = new TextDecoder().decode(await readBytes(folder, 'pack.json'));
  return { ...manifestFrom(text, folder), folder };
}

/** @throws LimenError `pack.missing`, `pack.tampered` when one of the files that a part of a pack names is not as named. */
export async function verifyFiles(part: Placed<object>): Promise<void> {
  await Promise.all(filesIn(part).map((file) => readPackFile(part.folder, file)));
}

/**
 * The verified bytes of a network's ONNX file. Verified at every read, so what is run is what was checked.
 *
 * @throws LimenError `pack.missing`, also when the network has no ONNX form; `pack.tampered`.
 */
export async function readNetwork(network: Placed<NetworkSpec>): Promise<Uint8Array> {
  const file = onnxOf(network);
  if (file) return readPackFile(network.folder, file);
  throw new LimenError('pack.missing', `${network.id} has no ONNX file, only a TF.js GraphModel.`, {
    hint: 'Set recognition.engine to tfjs, or use another pack.',
  });
}

/**
 * Load a network into an engine, in the form that the engine takes.
 *
 * @throws LimenError `pack.missing`, also when the network has no such form; `pack.tampered`, `engine.failed`.
 */
export async function loadNetwork(engine: Engine, network: Placed<NetworkSpec>): Promise<Network> {
  if (engine.format === 'onnx') return engine.load(await readNetwork(network));
  const model = graphModelOf(network);
  if (model === null) {
    throw new LimenError('pack.missing', `${network.id} has no TF.js GraphModel, only an ONNX file.`, {
      hint: 'Set recognition.engine to onnxruntime-node, or use another pack.',
    });
  }
  const { folder } = network;
  return engine.load(await readPackFile(folder, model), await readPackFile(folder, model.weights));
}

/** The verified bytes of one file of a pack. @throws LimenError `pack.missing`, `pack.tampered`. */
export async function readPackFile(folder: string, { file, sha256 }: PackFile): Promise<Uint8Array> {
  const bytes = await readBytes(folder, file);
  if (createHash('sha256').update(bytes).digest('hex') !== sha256) {
    throw new LimenError('pack.tampered', `${join(folder, file)} is not the file that pack.json names.`, {
      hint: `It is damaged or was changed. ${fetchAgain}`,
    });
  }
  return bytes;
}

function composed(packs: readonly InstalledPack[]): Pack {
  const giving = (role: (typeof roles)[number]) => packs.find((pack) => pack[role] !== undefined);
  const part = <Spec>(role: (typeof roles)[number], of: (pack: InstalledPack) => Spec | undefined): Placed<Spec> => {
    const pack = giving(role);
    const spec = pack && of(pack);
    if (!spec) throw new LimenError('pack.missing', `No pack has a ${role} network.`, { hint: fetchAgain });
    return { ...spec, folder: pack.folder };
  };
  const inUse = new Set(roles.flatMap((role) => giving(role) ?? []));
  return {
    name: packs
      .filter((pack) => inUse.has(pack))
      .map(({ name }) => name)
      .join(','),
    detector: part('detector', (pack) => pack.detector),
    landmarks: part('landmarks', (pack) => pack.landmarks),
    embedder: part('embedder', (pack) => pack.embedder),
    ...(giving('liveness') && { liveness: part('liveness', (pack) => pack.liveness) }),
    calibration: giving('embedder')?.calibration ?? null,
    glimpseCalibration: giving('embedder')?.glimpseCalibration ?? null,
  };
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

async function readBytes(folder: string, name: string): Promise<Uint8Array> {
  const file = join(folder, name);
  try {
    return await readFile(file);
  } catch (cause) {
    const absent = systemCodeOf(cause) === 'ENOENT' || systemCodeOf(cause) === 'ENOTDIR';
    const { message, hint } =
      absent && name === 'pack.json'
        ? missingPack(folder)
        : {
            message: `${file} ${absent ? 'does not exist' : 'cannot be read'}.`,
            hint: `${folder} is not a whole pack. ${fetchAgain}`,
          };
    throw new LimenError('pack.missing', message, { hint, cause });
  }
}
