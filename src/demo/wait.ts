import { setTimeout as delay } from 'node:timers/promises';
import { LimenError } from '../domain/errors.ts';

/**
 * Resolves when `condition` holds, or `signal` aborts.
 *
 * @throws LimenError `service.unavailable` when it does not hold within `withinMs`.
 */
export async function eventually(
  condition: () => boolean,
  { signal, withinMs }: { signal: AbortSignal; withinMs: number },
): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!condition()) {
    if (signal.aborted) return;
    if (performance.now() > deadline) {
      throw new LimenError('service.unavailable', `The demo waited ${withinMs / 1000} s in vain.`, {
        hint: 'Run it again with --verbose, and report what it says.',
      });
    }
    await delay(20, undefined, { signal }).catch(() => {});
  }
}
