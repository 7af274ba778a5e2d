import { setTimeout as delay } from 'node:timers/promises';
import type { Camera } from './camera/camera.ts';
import { superviseCamera } from './camera/supervised.ts';
import { openCamera } from './compose.ts';
import type { TerminalConfig } from './config/schema.ts';
import { isLimenError } from './domain/errors.ts';
import type { JourneyParts } from './pipeline.ts';
import { systemClock } from './runtime/clock.ts';
import type { Logger } from './runtime/logger.ts';
import type { Terminal } from './terminal.ts';

/** Who is told of what the camera shows. */
export type WatchHooks = Pick<JourneyParts, 'onSeen' | 'onVerdict' | 'onStranger' | 'onTimes'>;

/** How long to wait before looking again after the journal could not be written. */
const journalRetryMs = 5000;

/** A terminal, the camera it is configured with, and who wants to see what it sees. */
export interface WatchParts {
  readonly config: TerminalConfig;
  readonly terminal: Terminal;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly hooks: WatchHooks;
  /** Whoever wants to show its pictures, too, puts itself before the camera. */
  readonly show?: (camera: Camera) => Camera;
}

const same = (camera: Camera) => camera;

/** Watch the configured camera until `signal` aborts; survives a camera that dies and a disk that is full. */
export async function watchCamera({ config, terminal, log, signal, hooks, show = same }: WatchParts): Promise<void> {
  const driver = show(await openCamera(config.camera));
  const mayEnd = config.camera.driver === 'replay' && !config.camera.loop;
  const camera: Camera = superviseCamera(driver, { report: terminal.report, clock: systemClock, mayEnd });
  while (!signal.aborted) {
    try {
      await terminal.watch(camera, signal, hooks);
      if (mayEnd) return;
    } catch (error) {
      // What cannot be written down opens nothing; the door stays at rest until the disk has room again.
      if (!isLimenError(error, 'disk.full') && !isLimenError(error, 'journal.failed')) throw error;
      log.error({ code: error.code, hint: error.hint }, error.message);
      await delay(journalRetryMs, undefined, { signal }).catch(() => {});
    }
  }
}
