import { execa } from 'execa';
import type { Clock } from '../domain/clock.ts';
import { systemCodeOf } from '../domain/errors.ts';
import type { Frame } from '../domain/frame.ts';
import { systemClock } from '../runtime/clock.ts';
import type { Camera } from './camera.ts';
import { deviceFailure } from './device-failure.ts';
import { frameCutter, rateGate } from './frame-cutter.ts';
import { FramePool } from './frame-pool.ts';
import { Latest } from './latest.ts';
import { englishMessages, RequiredTool } from './tool.ts';

/** Which camera, and what it is asked for. */
export interface V4l2Options {
  readonly device: string;
  /** Size of the frames; an odd number is rounded down, because yuv420p halves both sides. */
  readonly widthPx: number;
  readonly heightPx: number;
  /** The most frames per second; a camera that cannot run this slowly has its surplus dropped. */
  readonly fps: number;
  /** What the camera sends over its cable; `auto` leaves the choice to ffmpeg, which prefers raw pictures. */
  readonly inputFormat: 'auto' | 'mjpeg' | 'yuyv422';
  /**
   * Replaces the part of ffmpeg's arguments that names the source, up to and including `-i …`, so that the same driver
   * runs on anything ffmpeg reads: `['-re', '-f', 'lavfi', '-i', 'testsrc']`. The frames keep the size asked for.
   */
  readonly inputArguments?: readonly string[];
  /** The ffmpeg to run, when it is not the one in PATH. */
  readonly ffmpeg?: string;
  readonly clock?: Clock;
}

/** After SIGTERM, ffmpeg gets this long to close the device before SIGKILL. */
const killGraceMs = 2000;
const keptErrorLines = 12;

/**
 * A V4L2 camera (USB, or CSI with a V4L2 driver) read by one long-lived ffmpeg that pipes raw frames: `yuv420p`,
 * BT.601, video range, letterboxed to the asked size when the camera has another one.
 *
 * ffmpeg ends with the iteration: SIGTERM, and SIGKILL two seconds later. A camera has no end, so ffmpeg ending by
 * itself is an error in every case.
 */
export function v4l2Camera(options: V4l2Options): Camera {
  const tool = new RequiredTool('ffmpeg', options.ffmpeg);
  return {
    name: `v4l2 ${options.device}`,
    prepare: async (signal) => {
      await tool.version(signal);
    },
    frames: (signal) => capture(options, { tool, signal }),
  };
}

interface Capture {
  readonly tool: RequiredTool;
  readonly signal: AbortSignal;
}

async function* capture(options: V4l2Options, { tool, signal }: Capture): AsyncGenerator<Frame, void, undefined> {
  const { device, fps, ffmpeg = 'ffmpeg', clock = systemClock } = options;
  const widthPx = even(options.widthPx);
  const heightPx = even(options.heightPx);
  const version = await tool.version(signal);
  if (version === null || signal.aborted) return;

  const latest = new Latest<Frame>();
  const onTime = rateGate(fps);
  let id = 0;
  const pool = new FramePool((widthPx * heightPx * 3) / 2);
  const cut = frameCutter(
    () => pool.take(),
    (data) => {
      const capturedAtMs = clock.monotonicMs();
      if (!onTime(capturedAtMs)) return false;
      id += 1;
      const frame = { id, capturedAtMs, format: 'yuv420p', widthPx, heightPx, data, giveBack: pool.giveBack } as const;
      const dropped = latest.put(frame);
      if (dropped !== null) pool.giveBack(dropped.data);
      return true;
    },
  );

  const child = execa(ffmpeg, ffmpegArguments({ ...options, widthPx, heightPx }, version), {
    stdin: 'ignore',
    buffer: false,
    encoding: 'buffer',
    reject: false,
    forceKillAfterDelay: killGraceMs,
    env: englishMessages,
  });
  const said = lastLines(child.stderr);
  child.stdout.on('data', cut);
  const gone = child.then(async ({ signal: endedBy, cause }) => {
    if (signal.aborted) return latest.end();
    if (isNotThere(cause)) return latest.fail(tool.missing());
    const last = endedBy === undefined ? { said: said() } : { said: '', ended: `ended by ${endedBy}` };
    latest.fail(await deviceFailure({ device, tool: 'ffmpeg', ...last, cause }));
  });
  try {
    yield* latest.items(signal);
  } finally {
    child.kill('SIGTERM');
    await gone;
  }
}

/**
 * The whole command line of ffmpeg, for a given `ffmpeg -version` line.
 *
 * @param options with even sizes
 */
export function ffmpegArguments(options: V4l2Options, version: string): string[] {
  const { widthPx, heightPx } = options;
  const scale = `scale=${widthPx}:${heightPx}:force_original_aspect_ratio=decrease:out_range=tv:out_color_matrix=bt601`;
  return [
    '-hide_banner',
    '-nostdin',
    ...['-loglevel', 'error'],
    // Decoding MJPEG on several threads holds back one frame per thread.
    ...['-threads', '1'],
    ...(options.inputArguments ?? deviceArguments(options)),
    '-an',
    // A V4L2 driver may answer with another size than the asked one; frames cut at the wrong length would be noise.
    ...['-vf', `${scale},pad=${widthPx}:${heightPx}:-1:-1`],
    ...asTheyCome(version),
    ...['-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-flush_packets', '1', 'pipe:1'],
  ];
}

function deviceArguments({ device, widthPx, heightPx, fps, inputFormat }: V4l2Options): string[] {
  const format = inputFormat === 'auto' ? [] : ['-input_format', inputFormat];
  return ['-f', 'v4l2', ...format, '-video_size', `${widthPx}x${heightPx}`, '-framerate', `${fps}`, '-i', device];
}

/**
 * For raw video ffmpeg repeats old frames to keep a constant rate, and a repeated frame would count as a second,
 * independent sighting. `-fps_mode` came with ffmpeg 5.1; `-vsync`, its name before, is gone in ffmpeg 9.
 */
function asTheyCome(version: string): string[] {
  const [major = 9, minor = 0] = (/^ffmpeg version n?(\d+)\.(\d+)/.exec(version)?.slice(1) ?? []).map(Number);
  const hasFpsMode = major > 5 || (major === 5 && minor >= 1);
  return hasFpsMode ? ['-fps_mode', 'passthrough'] : ['-vsync', 'passthrough'];
}

/** Why a program was not started: it is not there, or may not be run. */
function isNotThere(cause: unknown): boolean {
  return ['ENOENT', 'EACCES'].includes(systemCodeOf(cause) ?? '');
}

/** Keeps the end of what a child says: a camera with a bad cable fills gigabytes with decoder warnings. */
function lastLines(stream: NodeJS.ReadableStream): () => string {
  let text = '';
  stream.on('data', (chunk: Buffer) => {
    text = (text + chunk.toString('utf8')).split('\n').slice(-keptErrorLines).join('\n').slice(-4000);
  });
  return () => text;
}

function even(sizePx: number): number {
  return sizePx - (sizePx % 2);
}
