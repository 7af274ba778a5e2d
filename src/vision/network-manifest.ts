import { z } from 'zod';

/** A size in pixels. */
export const px = z.number().int().positive();
/** A number from 0 to 1. */
export const share = z.number().min(0).max(1);

const fileName = (ending: string, says: string) =>
  z.string().regex(new RegExp(`^[\\w-][\\w.-]*\\.${ending}$`), `a file name ending in ${says}, without a folder`);

/** A file of a pack, and how to know it: its name beside pack.json, its sha256 and its size. */
const fileSchema = z.object({
  file: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, '64 hexadecimal digits'),
  bytes: z.number().int().positive(),
});

const weightsSchema = fileSchema.extend({ file: fileName('bin', '.bin') });

/** A TF.js GraphModel: its graph and all of its weights in one file. */
const graphModelSchema = fileSchema.extend({ file: fileName('json', '.json'), weights: weightsSchema });

/**
 * One network, whatever its role: an ONNX file with, where there is one, the same network as a TF.js GraphModel; or a
 * GraphModel alone (`file` ends in .json, and `weights` belongs to it). An engine takes the form it runs.
 */
export const networkSchema = fileSchema.extend({
  id: z.string().min(1),
  file: fileName('(onnx|json)', '.onnx or .json'),
  weights: weightsSchema.optional(),
  graphModel: graphModelSchema.optional(),
  precision: z.string(),
  origin: z.string(),
  licence: z.string(),
});

/** What is done to the values 0 to 255 of a picture before the network gets them. */
const normSchema = z.discriminatedUnion('kind', [
  /** Nothing: normalisation is folded into the first layer. */
  z.object({ kind: z.literal('none') }),
  /** `(value - mean) / std`, per channel in the order of `channels`. */
  z.object({
    kind: z.literal('fixed'),
    mean: z.tuple([z.number(), z.number(), z.number()]),
    std: z.tuple([z.number().positive(), z.number().positive(), z.number().positive()]),
  }),
  /** Each picture by its own mean and standard deviation, as FaceNet (davidsandberg/facenet) does. */
  z.object({ kind: z.literal('prewhiten') }),
]);

/** How a network takes a picture. */
export const inputSchema = z.object({
  name: z.string().min(1),
  layout: z.enum(['NCHW', 'NHWC']),
  channels: z.enum(['RGB', 'BGR']),
  range: z.tuple([z.literal(0), z.literal(255)]),
  norm: normSchema.default({ kind: 'none' }),
  widthPx: px,
  heightPx: px,
});

/** The input of networks that are fed planes of RGB, 0 to 255, as they are: limen's own conversions. */
export const plainInputSchema = inputSchema.extend({
  layout: z.literal('NCHW'),
  channels: z.literal('RGB'),
  norm: z.object({ kind: z.literal('none') }).default({ kind: 'none' }),
});

/** A file of a pack. */
export type PackFile = z.infer<typeof fileSchema>;
export type NetworkSpec = z.infer<typeof networkSchema>;
export type GraphModelFiles = z.infer<typeof graphModelSchema>;
export type InputSpec = z.infer<typeof inputSchema>;

/** The ONNX file of a network; `null` when it has none. */
export function onnxOf({ file, sha256, bytes }: NetworkSpec): PackFile | null {
  return file.endsWith('.onnx') ? { file, sha256, bytes } : null;
}

/** The GraphModel of a network; `null` when it has none. */
export function graphModelOf({ file, sha256, bytes, weights, graphModel }: NetworkSpec): GraphModelFiles | null {
  if (graphModel) return graphModel;
  return file.endsWith('.json') && weights ? { file, sha256, bytes, weights } : null;
}

/** Every file that a part of a pack.json names, at whatever depth: roles may have several networks, networks several files. */
export function filesIn(value: unknown): PackFile[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = fileSchema.safeParse(value);
  return [...(own.success ? [own.data] : []), ...Object.values(value).flatMap(filesIn)];
}
