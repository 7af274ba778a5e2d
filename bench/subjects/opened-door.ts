import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { FinalVerdict } from '../../src/domain/verdict.ts';
import { openDoor } from '../../src/door/door-controller.ts';
import { openJournal } from '../../src/journal/open-journal.ts';
import { settle } from '../../src/pipeline.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { siblingModule } from '../../src/runtime/package-root.ts';
import { doorIn, simulatedLock } from '../../test/door/support/bench.ts';
import { machineMs, type TimedGpioOptions } from './timed-gpio.ts';

/** When what happened in one opening, milliseconds after the verdict. */
export interface Opening {
  /** The verdict is in the journal, and the door is asked to open. */
  readonly writtenMs: number;
  /** The driver, in the lock process, has driven the level. */
  readonly edgeMs: number;
}

/** A door at which openings are timed. */
export interface TimedDoor {
  /** A verdict, written down and acted on as the daemon does; then the door is locked again. */
  openOnce(): Promise<void>;
  /** The openings so far. @throws Error when the driver has not seen each of them. */
  openings(): Opening[];
  close(): Promise<void>;
}

/** The daemon's own way from a verdict to metal in `folder`: journal, controller, lock process; the line is simulated. */
export async function timedDoor(folder: string): Promise<TimedDoor> {
  const journal = openJournal({ file: join(folder, 'journal.db'), terminal: 'bench', clock: systemClock });
  const report = (occurrence: Parameters<typeof journal.append>[0]) => void journal.append(occurrence);
  const timesFile = join(folder, 'times');
  const simulated = simulatedLock(join(folder, 'level'));
  const lock = {
    ...simulated,
    driver: siblingModule(import.meta.url, './timed-gpio').href,
    driverOptions: { ...(simulated.driverOptions as TimedGpioOptions), timesFile },
  };
  const door = await openDoor(doorIn(folder, { lock, report }));
  const asked: { verdictMs: number; writtenMs: number }[] = [];

  async function openOnce(): Promise<void> {
    let unlocked = Promise.resolve();
    const verdictMs = machineMs();
    settle(granted, {
      report,
      act: () => {
        asked.push({ verdictMs, writtenMs: machineMs() });
        unlocked = door.unlock({ cause: 'face', personId: 'p01' });
      },
    });
    await unlocked;
    await door.lock('bench');
  }

  function openings(): Opening[] {
    const lines = readFileSync(timesFile, 'utf8').trim().split('\n');
    const edges = lines.filter((line) => line.startsWith('1 ')).map((line) => Number(line.slice(2)));
    if (edges.length !== asked.length) throw new Error(`${asked.length} openings, and ${edges.length} edges.`);
    return asked.map(({ verdictMs, writtenMs }, i) => ({
      writtenMs: writtenMs - verdictMs,
      edgeMs: edges[i]! - verdictMs,
    }));
  }

  return {
    openOnce,
    openings,
    close: async () => {
      await door.close();
      journal.close();
      // The lock process is gone when its socket is; its last words may still be on their way.
      await delay(100);
    },
  };
}

const granted: FinalVerdict = {
  ...{ kind: 'grant', personId: 'p01', name: 'p01' },
  evidence: {
    ...{ trackId: 1, framesSeen: 3, framesUsed: 3, agreeing: 3, distance: 0.1, threshold: 0.2, margin: 0.5 },
    ...{ elapsedMs: 300, decidingMs: 300, liveness: null, qualityFailures: [] },
    ...{ galleryVersion: 1, galleryPeople: 1, model: 'bench/1' },
  },
};
