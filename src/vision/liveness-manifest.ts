import { z } from 'zod';
import { networkSchema } from './network-manifest.ts';

/** What tells a live face from a picture of one. No pack has it yet; a terminal that demands liveness grants nobody. */
export const livenessSchema = z.object({
  id: z.string().min(1),
  networks: z.array(networkSchema).min(1),
});

export type LivenessSpec = z.infer<typeof livenessSchema>;
