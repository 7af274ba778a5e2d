import { z } from 'zod';
import { inputSchema, networkSchema, share } from './network-manifest.ts';

/** Which part of the picture a network looks at, around the face. */
const cropSchema = z.object({
  /** How many times the face it shows: 2.7 is a face with its surroundings. */
  factor: z.number().min(0.5).max(8),
  /**
   * `face`: as wide and high as the face is, times `factor`, then stretched to the input, as the detectors do that
   * these networks were trained behind; `square`: a square around its longer side.
   */
  shape: z.enum(['face', 'square']),
  /** At the picture's edge: move and shrink the crop until it is inside, or show black beyond. */
  edge: z.enum(['inside', 'black']),
});

/** A network that tells a live face from a picture of one. */
const livenessNetworkSchema = networkSchema.extend({
  input: inputSchema,
  crop: cropSchema,
  output: z.object({
    name: z.string().min(1),
    /** `softmax` and `sigmoid`: logits that it is still to be applied to; `probability`: it has been. */
    kind: z.enum(['softmax', 'sigmoid', 'probability']),
    /** Which number means "live". */
    liveIndex: z.number().int().min(0),
  }),
});

/** Networks that were made to be averaged, and from which mean on a face is taken for live. */
const livenessGroupSchema = z.object({
  id: z.string().min(1),
  /** At most 0.98: over a track no single score counts for more than 0.99, so nothing beyond could ever be reached. */
  threshold: share.max(0.98),
  networks: z.array(livenessNetworkSchema).min(1),
});

/** What tells a live face from a picture of one: every group has to agree. */
export const livenessSchema = z.object({
  id: z.string().min(1),
  groups: z.array(livenessGroupSchema).min(1),
});

export type LivenessSpec = z.infer<typeof livenessSchema>;
export type LivenessGroupSpec = z.infer<typeof livenessGroupSchema>;
export type LivenessNetworkSpec = z.infer<typeof livenessNetworkSchema>;

/** Every network of the role, in the order in which its groups name them, each with the folder that its files are in. */
export function livenessNetworks(spec: (LivenessSpec & { readonly folder: string }) | undefined) {
  return spec?.groups.flatMap(({ networks }) => networks.map((one) => ({ ...one, folder: spec.folder }))) ?? [];
}
