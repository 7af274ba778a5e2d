import { setTimeout as delay } from 'node:timers/promises';

/** Wait `forMs`, or until `signal` aborts; an abort is no error here. Zero or less returns at once. */
export async function pause(forMs: number, signal: AbortSignal): Promise<void> {
  if (forMs <= 0 || signal.aborted) return;
  await delay(forMs, undefined, { signal }).catch(() => {});
}
