import { constants } from 'node:fs';
import { access, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import NodeWebcam from 'node-webcam';
import type { Clock } from '../domain/clock.ts';
import { LimenError, systemCodeOf } from '../domain/errors.ts';
import type { Frame } from '../domain/frame.ts';
import { systemClock } from '../runtime/clock.ts';
import type { Camera } from './camera.ts';
import { deviceFailure } from './device-failure.ts';
import { ownBytes } from './own-bytes.ts';
import { pause } from './pause.ts';
import { englishMessages, RequiredTool } from './tool.ts';

/** Which camera, and what it is asked for. */
export interface NodeWebcamOptions {
  /** A device path, or one of fswebcam's test sources: `TEST:`, `FILE:picture.jpg`. */
  readonly device: string;
  readonly widthPx: number;
  readonly heightPx: number;
  /** The most shots per second; each takes 50 ms or more. */
  readonly fps: number;
  /** Where a private folder for the shots is made; default is memory (`/dev/shm`) where there is one. */
  readonly tempFolder?: string;
  /** A shot that takes longer is ended by timeout(1), and killed a second later. Default 8. */
  readonly longestShotS?: number;
  readonly clock?: Clock;
}

/** node-webcam builds a shell line, so only what needs no quoting may enter it. */
const safeDevice = /^(\/dev\/[\w/.:-]+|(TEST|FILE):[\w/.:-]*)$/;
const safePath = /^[\w/.-]+$/;

/**
 * A camera through the npm package node-webcam, which runs fswebcam once per picture. Slow, but it works with cameras
 * that ffmpeg cannot read. A shot is taken when it is asked for, so a frame is never old.
 * After an abort the shot in progress is waited for, because it holds the device: `longestShotS` and one second at the most.
 *
 * @throws LimenError `config.invalid` at once for a device path that could be more than a path to a shell.
 */
export function nodeWebcamCamera(options: NodeWebcamOptions): Camera {
  const { device, widthPx, heightPx } = options;
  if (!safeDevice.test(device)) {
    throw new LimenError('config.invalid', `${JSON.stringify(device)} is not a camera device.`, {
      hint: 'Set camera.device to a path such as /dev/video0.',
    });
  }
  if (!Number.isInteger(widthPx) || !Number.isInteger(heightPx)) {
    throw new LimenError('config.invalid', 'The size of the camera picture must be whole numbers of pixels.', {
      hint: 'Set camera.widthPx and camera.heightPx, for example to 640 and 480.',
    });
  }
  const tool = new RequiredTool('fswebcam');
  return {
    name: `node-webcam ${device}`,
    prepare: async (signal) => {
      await tool.version(signal);
    },
    frames: (signal) => shots(options, { tool, signal }),
  };
}

interface Shots {
  readonly tool: RequiredTool;
  readonly signal: AbortSignal;
}

async function* shots(options: NodeWebcamOptions, { tool, signal }: Shots): AsyncGenerator<Frame, void, undefined> {
  const { fps, clock = systemClock } = options;
  if ((await tool.version(signal)) === null) return;
  const folder = await privateFolder(options.tempFolder);
  try {
    const shoot = shooter(options, { tool, file: join(folder, 'shot.jpg') });
    for (let id = 1; !signal.aborted; id++) {
      const capturedAtMs = clock.monotonicMs();
      const data = await shoot();
      if (signal.aborted) return;
      yield { id, capturedAtMs, format: 'jpeg', data };
      await pause(capturedAtMs + 1000 / fps - clock.monotonicMs(), signal);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Takes one shot per call and returns its JPEG. */
function shooter(
  options: NodeWebcamOptions,
  { tool, file }: { readonly tool: RequiredTool; readonly file: string },
): () => Promise<Uint8Array> {
  const { device, widthPx, heightPx, longestShotS = 8 } = options;
  const webcam = NodeWebcam.create(
    {
      device,
      width: widthPx,
      height: heightPx,
      quality: 92,
      output: 'jpeg',
      callbackReturn: 'location',
      saveShots: false,
      verbose: false,
    },
    'fswebcam',
  );
  // node-webcam hands out no child process, so a shot that hangs in the driver has to be ended from within.
  const language = Object.entries(englishMessages).map(([name, value]) => `${name}=${value}`);
  webcam.bin = ['env', ...language, 'timeout', '--kill-after=1', `${longestShotS}`, 'fswebcam'].join(' ');
  let said = '';
  webcam.on('capture', ({ shot }) => {
    said = shot.data ?? '';
  });
  return async () => {
    said = '';
    // fswebcam exits with 0 also without a picture: only a file that was not there before is a picture of now.
    await rm(file, { force: true });
    const error = await new Promise<(Error & { code?: number | string }) | null>((resolve) => {
      webcam.capture(file, resolve);
    });
    if (error?.code === 124 || error?.code === 137) throw tooSlow(device, longestShotS, error);
    // timeout(1): the program cannot be run, or is not there.
    if (error?.code === 126 || error?.code === 127) throw tool.missing();
    const data = error ? null : await readFile(file).catch(notThere);
    if (data && isWholeJpeg(data)) return ownBytes(data);
    throw await deviceFailure({
      device,
      tool: 'fswebcam',
      said: error?.message ?? stripVTControlCharacters(said),
      cause: error,
    });
  };
}

/** From SOI to EOI; fswebcam leaves a file cut short when the disk is full. */
function isWholeJpeg(data: Uint8Array): boolean {
  return data.length > 4 && data[0] === 0xff && data[1] === 0xd8 && data.at(-2) === 0xff && data.at(-1) === 0xd9;
}

function notThere(error: unknown): null {
  if (systemCodeOf(error) === 'ENOENT') return null;
  throw new LimenError('camera.failed', 'The picture that fswebcam took cannot be read.', { cause: error });
}

function tooSlow(device: string, longestShotS: number, cause: Error): LimenError {
  return new LimenError('camera.stalled', `fswebcam got no picture from ${device} within ${longestShotS} s.`, {
    hint: 'Unplug the camera and plug it in again; a weak power supply does this, too.',
    cause,
  });
}

/** In memory where possible: pictures of people do not belong on a disk, and an SD card wears out. */
async function privateFolder(wanted: string | undefined): Promise<string> {
  const place = wanted ?? ((await isWritable('/dev/shm')) ? '/dev/shm' : tmpdir());
  if (!safePath.test(place)) {
    throw new LimenError(
      'camera.failed',
      `The temporary folder ${place} has a name that a shell would not read as one.`,
      {
        hint: 'Set TMPDIR to a folder with a plain name, such as /tmp.',
      },
    );
  }
  return mkdtemp(join(place, 'limen-shot-')).catch((cause) => {
    throw new LimenError('camera.failed', `Cannot make a temporary folder in ${place}.`, {
      hint: 'Free some space there, or set TMPDIR to another folder.',
      cause,
    });
  });
}

function isWritable(folder: string): Promise<boolean> {
  return access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );
}
