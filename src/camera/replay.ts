import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../domain/clock.ts';
import { LimenError, messageOf, systemCodeOf } from '../domain/errors.ts';
import type { Frame } from '../domain/frame.ts';
import { systemClock } from '../runtime/clock.ts';
import type { Camera } from './camera.ts';
import { ownBytes } from './own-bytes.ts';
import { pause } from './pause.ts';

/** What to play, and how. */
export interface ReplayOptions {
  /** A folder of JPEG files, or one JPEG file. */
  readonly folder: string;
  readonly fps: number;
  /** Start over after the last picture; otherwise the camera ends by itself. */
  readonly loop: boolean;
  /**
   * `real-time` (default): picture i is due i / fps after the start, and a consumer that is late gets the one that is
   * due now, as with a real camera. A consumer that keeps up gets every picture.
   * `as-consumed`: the next picture as soon as it is asked for, none left out, stamped with the time it would have had.
   * The outcome then depends on the pictures only and not on the speed of the machine.
   */
  readonly paced?: 'real-time' | 'as-consumed';
  readonly clock?: Clock;
}

const jpegName = /\.jpe?g$/i;
const byName = new Intl.Collator('en', { numeric: true });

/**
 * A camera that plays JPEG files in the order of their names (`frame-2` before `frame-10`) with their real timing.
 * Ids count pictures since the start, so a gap in them is a picture that the consumer was too slow for.
 * Files are delivered as they are: a truncated one is the decoder's to report, as it is with a real camera.
 *
 * `frames` throws LimenError `camera.missing` when there is no picture to play, also when a picture vanishes while
 * playing; `camera.denied` when it may not be read.
 */
export function replayCamera(options: ReplayOptions): Camera {
  return { name: `replay ${options.folder}`, frames: (signal) => play(options, signal) };
}

async function* play(options: ReplayOptions, signal: AbortSignal): AsyncGenerator<Frame, void, undefined> {
  const { folder, fps, loop, paced = 'real-time', clock = systemClock } = options;
  const pictures = await picturesIn(folder);
  const last = loop ? Number.POSITIVE_INFINITY : pictures.length - 1;
  const periodMs = 1000 / fps;
  const startMs = clock.monotonicMs();
  for (let index = 0; index <= last; index++) {
    if (paced === 'real-time') {
      const dueNow = Math.floor((clock.monotonicMs() - startMs) / periodMs);
      index = Math.min(last, Math.max(index, dueNow));
      await pause(startMs + index * periodMs - clock.monotonicMs(), signal);
    }
    if (signal.aborted) return;
    const data = await readPicture(pictures[index % pictures.length] as string);
    if (signal.aborted) return;
    yield { id: index + 1, capturedAtMs: startMs + index * periodMs, format: 'jpeg', data };
  }
}

async function picturesIn(place: string): Promise<string[]> {
  try {
    if ((await stat(place)).isFile()) return [place];
    const names = (await readdir(place)).filter((name) => jpegName.test(name)).sort(byName.compare);
    if (names.length > 0) return names.map((name) => join(place, name));
  } catch (error) {
    throw unplayable(place, error);
  }
  throw new LimenError('camera.missing', `The folder ${place} holds no JPEG file to play.`, {
    hint: 'Put .jpg files there, or set camera.folder to a folder that has some.',
  });
}

async function readPicture(path: string): Promise<Uint8Array> {
  try {
    return ownBytes(await readFile(path));
  } catch (error) {
    throw unplayable(path, error);
  }
}

function unplayable(path: string, cause: unknown): LimenError {
  switch (systemCodeOf(cause)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new LimenError('camera.missing', `There is nothing to play at ${path}.`, {
        hint: 'Set camera.folder to a folder of JPEG files.',
        cause,
      });
    case 'EACCES':
    case 'EPERM':
      return new LimenError('camera.denied', `limen may not read ${path}.`, {
        hint: 'Give the user that limen runs as the right to read it.',
        cause,
      });
    default:
      return new LimenError('camera.failed', `Cannot read ${path}: ${messageOf(cause)}.`, {
        hint: 'Check the disk that it is on.',
        cause,
      });
  }
}
