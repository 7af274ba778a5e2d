import { LimenError } from '../domain/errors.ts';
import type { Tensor } from '../engine/engine.ts';

/** @throws LimenError `engine.failed` when the network has no output of that name: pack.json describes another file. */
export function outputOf(results: Readonly<Record<string, Tensor>>, name: string): Tensor {
  const tensor = results[name];
  if (tensor) return tensor;
  throw new LimenError('engine.failed', `The network returned no "${name}", only ${Object.keys(results).join(', ')}.`);
}
