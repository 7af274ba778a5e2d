import type { Clock } from '../domain/clock.ts';
import type { Vision } from './vision.ts';

/** The same vision, with a watch on how long it takes: a worker that hangs without dying is seen by nothing else. */
export function timeLooks(vision: Vision, clock: Clock): { timed: Vision; lookingForMs: () => number } {
  let sinceMs: number | null = null;
  const timed: Vision = {
    model: vision.model,
    async see(frame, look) {
      sinceMs = clock.monotonicMs();
      try {
        return await vision.see(frame, look);
      } finally {
        sinceMs = null;
      }
    },
    close: () => vision.close(),
  };
  return { timed, lookingForMs: () => (sinceMs === null ? 0 : clock.monotonicMs() - sinceMs) };
}
