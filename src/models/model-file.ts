import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LimenError, messageOf } from '../domain/errors.ts';
import type { NetworkFormat } from '../engine/engine.ts';
import type { NetworkSpec } from '../vision/network-manifest.ts';

/** A network as it came: what an engine loads, and the files that a pack keeps of it. */
export interface ModelFile {
  readonly format: NetworkFormat;
  readonly model: Uint8Array;
  readonly weights?: Uint8Array;
}

/**
 * Read a network: an ONNX file, or a TF.js GraphModel by its model.json, whose weights may lie in several pieces beside it.
 *
 * @throws LimenError `file.unreadable`, `pack.invalid` when a .json is no GraphModel.
 */
export async function readModelFile(file: string): Promise<ModelFile> {
  const bytes = await read(file);
  if (!file.endsWith('.json')) return { format: 'onnx', model: bytes };
  const { description, pieces } = graphModelIn(file, bytes);
  const weights = Buffer.concat(await Promise.all(pieces.map((piece) => read(join(dirname(file), piece)))));
  return { format: 'tfjs', model: Buffer.from(JSON.stringify(description)), weights };
}

/** The files of a role called `name`, and what pack.json says of them. */
export function filesFor(name: string, { model, weights }: ModelFile) {
  const stem = weights === undefined ? `${name}.onnx` : `${name}.tfjs.json`;
  const entry: Pick<NetworkSpec, 'file' | 'sha256' | 'bytes' | 'weights'> = {
    ...described(stem, model),
    ...(weights && { weights: described(`${name}.tfjs.bin`, weights) }),
  };
  const files = new Map([[stem, model], ...(weights ? [[`${name}.tfjs.bin`, weights] as const] : [])]);
  return { entry, files };
}

function described(file: string, bytes: Uint8Array) {
  return { file, sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length };
}

interface Description {
  readonly format?: string;
  readonly modelTopology: unknown;
  readonly weightsManifest: ReadonlyArray<{ readonly paths: readonly string[]; readonly weights: readonly unknown[] }>;
}

/** One group of weights in one file is all that an engine gets: the pieces come one after another. */
function graphModelIn(file: string, bytes: Uint8Array): { description: Description; pieces: string[] } {
  try {
    const { weightsManifest, ...model } = JSON.parse(new TextDecoder().decode(bytes)) as Description;
    if (model.format === 'layers-model') throw new Error('it is a LayersModel');
    const pieces = weightsManifest.flatMap(({ paths }) => paths);
    const weights = weightsManifest.flatMap((group) => group.weights);
    return { description: { ...model, weightsManifest: [{ paths: ['weights.bin'], weights }] }, pieces };
  } catch (cause) {
    throw new LimenError('pack.invalid', `${file} is no TF.js GraphModel: ${messageOf(cause)}.`, {
      hint: 'Convert it with tensorflowjs_converter --output_format=tfjs_graph_model, or give the .onnx file.',
      cause,
    });
  }
}

async function read(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new LimenError('file.unreadable', `${file} cannot be read: ${messageOf(cause)}.`, {
      hint: 'Give the path of an .onnx file, or of a model.json with its weights beside it.',
      cause,
    });
  }
}
