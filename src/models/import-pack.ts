import { createHash } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isLimenError, LimenError } from '../domain/errors.ts';
import type { Engine, Network } from '../engine/engine.ts';
import { syncFolder, writeFailure } from '../runtime/durable-file.ts';
import { isThere } from '../runtime/is-there.ts';
import type { AlignmentSpec, EmbedderSpec } from '../vision/embedder-manifest.ts';
import { shapeOf } from '../vision/feed.ts';
import type { InputSpec } from '../vision/network-manifest.ts';
import type { PackManifest } from '../vision/pack-manifest.ts';
import { writeManifest } from './add-pack.ts';
import { filesFor, readModelFile } from './model-file.ts';

/** How pictures of faces are normalised, by the names the field knows them by. */
export const norms = {
  /** FaceNet's first models (20170511, 20170512): each picture by its own mean and deviation. */
  prewhiten: { kind: 'prewhiten' },
  /** FaceNet's later models (20180402, 20180408): `(x − 127.5) / 128`. */
  fixed: { kind: 'fixed', mean: [127.5, 127.5, 127.5], std: [128, 128, 128] },
  /** Torch's: the mean and deviation of ImageNet. */
  imagenet: { kind: 'fixed', mean: [123.675, 116.28, 103.53], std: [58.395, 57.12, 57.375] },
  none: { kind: 'none' },
} as const satisfies Record<string, InputSpec['norm']>;

/** What is known about an embedder that comes from elsewhere. */
export interface ImportRequest {
  readonly file: string;
  readonly name: string;
  /** The folder of packs; the new one becomes a folder in it. */
  readonly into: string;
  readonly engine: Engine;
  readonly sidePx: number;
  readonly norm: keyof typeof norms;
  readonly channels: InputSpec['channels'];
  readonly alignment: AlignmentSpec['template'];
  readonly mirror: boolean;
  readonly licence: string;
  /** Which output, where the network has several that could be meant. */
  readonly output?: string;
  /** What the network must answer with, where the caller knows. */
  readonly dimensions?: number;
}

/**
 * Make a pack of an embedder that limen has never seen: ask the network itself how it takes a picture and what it
 * answers, and write a pack.json without calibration. A pack without calibration grants nobody: it has to be measured
 * first (`limen evaluate calibration`).
 *
 * @throws LimenError `usage.invalid` for a name that is taken, `file.unreadable`, `engine.failed` when no engine takes
 *   the file, `pack.invalid` when it is no embedder of that size.
 */
export async function importPack(request: ImportRequest): Promise<PackManifest> {
  const { name, into, engine } = request;
  const folder = join(into, name);
  if (isThere(folder)) {
    throw new LimenError('usage.invalid', `There is a pack ${name} in ${into} already.`, {
      hint: 'Choose another --name, or remove that folder.',
    });
  }
  const model = await readModelFile(request.file);
  if (model.format !== engine.format) {
    throw new LimenError('usage.invalid', `${engine.name} does not run ${request.file}.`, {
      hint: 'An .onnx file needs onnxruntime-node, a model.json needs tfjs.',
    });
  }
  const network = await engine.load(model.model, model.weights);
  const { entry, files } = filesFor('embedder', model);
  const embedder = await describe(network, entry, request).finally(() => network.release());
  const pack: PackManifest = {
    format: 1,
    name,
    title: `${name}, imported: ${embedder.dimensions}-d, ${request.sidePx} px, ${request.norm}`,
    licence: request.licence,
    embedder,
    figures: {},
    calibration: null,
    glimpseCalibration: null,
  };
  await write(folder, pack, files);
  return pack;
}

type FileEntry = ReturnType<typeof filesFor>['entry'];

async function describe(network: Network, entry: FileEntry, request: ImportRequest): Promise<EmbedderSpec> {
  const { name, sidePx, norm, channels, alignment, mirror, licence } = request;
  const [inputName, ...others] = network.inputNames;
  if (inputName === undefined || others.length > 0) {
    throw unsuitable(request, `it has ${network.inputNames.length} inputs (${network.inputNames.join(', ')})`, {
      hint: 'An embedder takes one picture. Freeze the others, such as phase_train, before the conversion.',
    });
  }
  const layout = await layoutOf(network, inputName, request);
  const { output, dimensions } = layout;
  if (request.dimensions !== undefined && request.dimensions !== dimensions)
    throw unsuitable(request, `it answers with ${dimensions} numbers, not ${request.dimensions}`);
  const how: Pick<EmbedderSpec, 'alignment' | 'mirror' | 'input' | 'output'> = {
    alignment:
      alignment === 'arcface-5'
        ? { template: alignment, sizePx: sidePx }
        : { template: alignment, sizePx: sidePx, paddingRatio: 0.25 },
    mirror,
    input: {
      name: inputName,
      layout: layout.layout,
      channels,
      range: [0, 255],
      norm: norms[norm] as InputSpec['norm'],
      widthPx: sidePx,
      heightPx: sidePx,
      ...(!layout.batches && { batch: 1 as const }),
    },
    output: { name: output, normalised: layout.normalised },
  };
  // The same file fed another way makes other templates: both are in the id, so that they never meet.
  const print = createHash('sha256')
    .update(JSON.stringify([entry, how]))
    .digest('hex')
    .slice(0, 8);
  return {
    id: `${name}-${print}/1`,
    ...entry,
    precision: 'fp32',
    origin: 'imported',
    licence,
    dimensions,
    metric: 'cosine',
    ...how,
  };
}

interface Answer {
  readonly layout: InputSpec['layout'];
  readonly output: string;
  readonly dimensions: number;
  readonly normalised: boolean;
  /** Whether it takes several pictures at once. */
  readonly batches: boolean;
}

/** Files seldom say how they want their picture, and say it wrongly at times: the network is asked. */
async function layoutOf(network: Network, inputName: string, request: ImportRequest): Promise<Answer> {
  const refusals: string[] = [];
  for (const layout of ['NCHW', 'NHWC'] as const) {
    try {
      const one = await probe(network, { layout, inputName, count: 1, sidePx: request.sidePx });
      const [output, values] = embeddingIn(one, request);
      const several = await probe(network, { layout, inputName, count: 2, sidePx: request.sidePx }).catch(() => null);
      const length = Math.hypot(...values);
      const batches = several?.[output]?.data.length === 2 * values.length;
      return { layout, output, dimensions: values.length, normalised: Math.abs(length - 1) < 1e-3, batches };
    } catch (error) {
      if (!isLimenError(error, 'engine.failed')) throw error;
      refusals.push(`${layout}: ${error.message}`);
    }
  }
  throw unsuitable(request, `it takes no picture of ${request.sidePx} pixels`, {
    hint: `Say its size with --input. ${refusals.join(' ')}`,
  });
}

type Shape = { layout: InputSpec['layout']; inputName: string; count: number; sidePx: number };

function probe(network: Network, { layout, inputName, count, sidePx }: Shape) {
  // A picture that is not flat, the same at every call.
  const data = Float32Array.from({ length: count * 3 * sidePx * sidePx }, (_, i) => Math.sin(i * 0.37));
  const dims = shapeOf({ layout, widthPx: sidePx, heightPx: sidePx }, count);
  return network.run({ [inputName]: { dims, data } });
}

function embeddingIn(results: Awaited<ReturnType<Network['run']>>, request: ImportRequest): [string, Float32Array] {
  const rows = Object.entries(results).filter(([, { dims, data }]) => dims[0] === 1 && data.length === dims.at(-1));
  const meant = request.output === undefined ? rows : rows.filter(([name]) => name === request.output);
  const [found, ...others] = meant;
  if (found === undefined || others.length > 0) {
    const outputs = Object.entries(results).map(([name, { dims }]) => `${name} [${dims.join(', ')}]`);
    throw unsuitable(
      request,
      found ? 'several of its outputs could be the embedding' : 'none of its outputs is a row of numbers',
      {
        hint: `Name one with --output: ${outputs.join(', ')}.`,
      },
    );
  }
  const [name, { data }] = found;
  if (!data.every(Number.isFinite) || data.every((value) => value === 0))
    throw unsuitable(request, `its output ${name} is not finite, or all zero`);
  if (data.length < 16)
    throw unsuitable(request, `its output ${name} has ${data.length} numbers: too few for a template`);
  return [name, data];
}

function unsuitable({ file }: ImportRequest, why: string, options: { hint?: string } = {}): LimenError {
  return new LimenError('pack.invalid', `${file} cannot be used as an embedder: ${why}.`, options);
}

async function write(folder: string, pack: object, files: ReadonlyMap<string, Uint8Array>) {
  const part = `${folder}.part`;
  try {
    await rm(part, { recursive: true, force: true });
    await mkdir(part, { recursive: true });
    for (const [name, bytes] of files) await writeFile(join(part, name), bytes);
    await writeManifest(part, pack);
    await rename(part, folder);
    await syncFolder(join(folder, '..'));
  } catch (error) {
    await rm(part, { recursive: true, force: true });
    throw writeFailure(folder, error);
  }
}
