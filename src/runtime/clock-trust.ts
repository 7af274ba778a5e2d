import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** How a clock is found to be set; see {@link untilSet}. */
export interface ClockQuestion {
  /** `null`: nobody can tell. */
  readonly ask: () => Promise<boolean | null>;
  /** Told once, as soon as the answer is yes. */
  readonly onSet: () => void;
  readonly signal: AbortSignal;
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

const firstWaitMs = 5000;
const longestWaitMs = 60_000;

/**
 * Ask again until the clock is set, ever less often: at most once a minute, and never afterwards. A terminal that loses
 * its network then goes by a clock that drifts by seconds, and knows no better one.
 */
export async function untilSet({ ask, onSet, signal, sleep = asleep }: ClockQuestion): Promise<void> {
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
    await sleep(waitMs, signal);
    if (signal.aborted) return;
    if ((await ask()) === true) return onSet();
  }
}

function asleep(ms: number, signal: AbortSignal): Promise<unknown> {
  return wait(ms, null, { signal, ref: false }).catch(() => {});
}

/** Remembers that the clock was set since the machine was started. */
export interface ClockMemory {
  wasSet(): boolean;
  setNow(): void;
}

/** Where a terminal keeps it. */
export function clockMemoryFile(dataFolder: string): string {
  return join(dataFolder, 'clock-set');
}

const bootIdFile = '/proc/sys/kernel/random/boot_id';

/** In a file, for a process that is started again while there is no network. What cannot be read was never set. */
export function clockMemory(file: string, { bootId = textOf(bootIdFile) } = {}): ClockMemory {
  return {
    wasSet: () => bootId !== null && textOf(file) === bootId,
    setNow() {
      try {
        // Torn by a power cut it is that of no start, like every one of before.
        if (bootId !== null) writeFileSync(file, `${bootId}\n`);
      } catch {
        // A disk without room must not keep a clock from being right.
      }
    },
  };
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return null;
  }
}
