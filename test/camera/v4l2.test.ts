import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { ffmpegArguments, type V4l2Options, v4l2Camera } from '../../src/camera/v4l2.ts';
import { isLimenError, type LimenError } from '../../src/domain/errors.ts';
import type { Frame, RawFrame } from '../../src/domain/frame.ts';
import { cameraContract, take } from '../contract/camera.ts';
import { needs } from '../support/require.ts';
import { children, clipFolder, isAlive, temporaryFolder, testPattern, until } from './support.ts';

const settings: V4l2Options = {
  device: '/dev/video0',
  widthPx: 640,
  heightPx: 480,
  fps: 10,
  inputFormat: 'auto',
};

cameraContract({
  driver: 'v4l2',
  part: 'ffmpeg',
  make: (_t, fps) => testPattern(fps),
  makeMissing: () => v4l2Camera({ ...settings, device: '/dev/video99' }),
});

test.serial('a picture comes out in the size asked for, letterboxed, in video range', async (t) => {
  if (!needs(t, 'ffmpeg')) return;
  const wide = ['-re', '-f', 'lavfi', '-i', 'color=white:size=640x240:rate=20'];
  const [frame] = await take(testPattern(20, { widthPx: 321, heightPx: 240, inputArguments: wide }), 1);
  const { widthPx, heightPx, data } = frame as RawFrame;
  t.deepEqual([widthPx, heightPx, data.length], [320, 240, 320 * 240 * 1.5]);
  t.is(data[120 * 320 + 160], 235);
  t.is(data[160], 16);
});

test.serial('an MJPEG picture from a file arrives as raw frames', async (t) => {
  if (!needs(t, 'ffmpeg')) return;
  const picture = join(clipFolder, 'frame-0001.jpg');
  const inputArguments = ['-re', '-f', 'image2', '-loop', '1', '-framerate', '20', '-i', picture];
  const frames = await take(v4l2Camera({ ...settings, fps: 20, inputArguments }), 3);
  t.true(frames.every((frame) => frame.data.length === 640 * 480 * 1.5));
  t.true(new Set(frames[0]?.data).size > 50);
});

test.serial('ffmpeg is gone when the iteration has ended', async (t) => {
  if (!needs(t, 'ffmpeg')) return;
  const controller = new AbortController();
  for await (const _frame of testPattern(10).frames(controller.signal)) {
    t.is(children('ffmpeg').length, 1);
    controller.abort();
  }
  t.deepEqual(children('ffmpeg'), []);
});

test.serial('an ffmpeg that does not answer is killed', async (t) => {
  if (!needs(t, 'ffmpeg')) return;
  const controller = new AbortController();
  let stopped = 0;
  for await (const _frame of testPattern(10).frames(controller.signal)) {
    [stopped = 0] = children('ffmpeg');
    process.kill(stopped, 'SIGSTOP');
    controller.abort();
  }
  t.true(stopped > 0);
  t.false(isAlive(stopped));
});

test.serial('an ffmpeg killed by somebody else is an error that says so', async (t) => {
  if (!needs(t, 'ffmpeg')) return;
  const error = await t.throwsAsync(async () => {
    for await (const frame of testPattern(10).frames(new AbortController().signal)) {
      if (frame.id === 2) process.kill(children('ffmpeg')[0] as number, 'SIGKILL');
    }
  });
  t.true(isLimenError(error, 'camera.failed'), String(error));
  t.regex(String(error), /SIGKILL/);
});

test.serial('ffmpeg ends with limen, even when limen is killed', async (t) => {
  if (!needs(t, 'ffmpeg')) return;
  const script = `
    const { testPattern } = await import(${JSON.stringify(new URL('./support.js', import.meta.url).href)});
    for await (const frame of testPattern(10).frames(new AbortController().signal)) process.stdout.write('.');`;
  const limen = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => limen.kill('SIGKILL'));
  await once(limen.stdout, 'data');
  const [ffmpeg] = children('ffmpeg', limen.pid);
  t.truthy(ffmpeg);
  limen.kill('SIGKILL');
  await until(() => !isAlive(ffmpeg as number));
});

test.serial('a camera has no end: ffmpeg ending by itself is an error', async (t) => {
  if (!needs(t, 'ffmpeg')) return;
  const inputArguments = ['-f', 'lavfi', '-i', 'testsrc=size=320x240:rate=10:duration=1'];
  const error = await t.throwsAsync(take(testPattern(10, { inputArguments }), 1000));
  t.true(isLimenError(error, 'camera.failed'), String(error));
});

test.serial('a device that is no camera is told apart from one that is not there', async (t) => {
  if (!needs(t, 'ffmpeg')) return;
  const error = await t.throwsAsync(take(v4l2Camera({ ...settings, device: '/dev/null' }), 1));
  t.true(isLimenError(error, 'camera.missing'));
  t.regex(String(error), /is not a camera/);
});

test('without ffmpeg the error says how to install it', async (t) => {
  const camera = v4l2Camera({ ...settings, ffmpeg: '/nonexistent/ffmpeg' });
  const error = await t.throwsAsync(take(camera, 1));
  t.true(isLimenError(error, 'camera.tool-missing'));
  if (isLimenError(error)) t.is(error.hint, 'sudo apt install ffmpeg');
});

/** A script in ffmpeg's place. It says its version as `asked` has it, and delivers one frame of 2 x 2 pixels. */
async function standIn(t: ExecutionContext, asked = 'echo ffmpeg version 6.1') {
  const folder = await temporaryFolder(t);
  const [ffmpeg, calls] = [join(folder, 'ffmpeg'), join(folder, 'calls')];
  const put = () =>
    writeFileSync(
      ffmpeg,
      `#!/bin/sh\nif [ "$1" = -version ]; then echo >>${calls}; ${asked}; exit; fi\nprintf 123456; exec sleep 1000\n`,
      { mode: 0o755 },
    );
  put();
  const camera = v4l2Camera({ ...settings, widthPx: 2, heightPx: 2, ffmpeg });
  const timesAsked = () => (existsSync(calls) ? readFileSync(calls, 'utf8').length : 0);
  return { camera, timesAsked, put, remove: () => rmSync(ffmpeg) };
}

test('ffmpeg is asked for its version once, before a frame is waited for, and not for every start', async (t) => {
  const { camera, timesAsked } = await standIn(t);
  await camera.prepare!(new AbortController().signal);
  t.is(timesAsked(), 1);
  for (const _start of [1, 2]) t.is((await take(camera, 1)).length, 1);
  await camera.prepare!(new AbortController().signal);
  t.is(timesAsked(), 1);
});

test('an ffmpeg that vanishes later is an error with its mend, and one that is back is asked again', async (t) => {
  const { camera, timesAsked, put, remove } = await standIn(t);
  await take(camera, 1);
  remove();
  for (const missed of [() => take(camera, 1), () => camera.prepare!(new AbortController().signal)]) {
    const error = await t.throwsAsync<LimenError>(missed, { code: 'camera.tool-missing' });
    t.is(error?.hint, 'sudo apt install ffmpeg');
  }
  put();
  t.is((await take(camera, 1)).length, 1);
  t.is(timesAsked(), 2);
});

test('an abort ends the wait for an ffmpeg that takes long to say its version', async (t) => {
  const { camera, timesAsked } = await standIn(t, 'exec sleep 1000');
  const controller = new AbortController();
  const prepared = camera.prepare!(controller.signal);
  await until(() => timesAsked() === 1);
  controller.abort();
  await prepared;
  t.deepEqual(await take({ name: '', frames: () => camera.frames(controller.signal) }, 1), []);
});

test('the device is one argument, whatever its name', (t) => {
  const device = '/dev/video0; rm -rf $HOME';
  t.true(ffmpegArguments({ ...settings, device }, 'ffmpeg version 6.1').includes(device));
});

for (const [version, expected] of [
  ['ffmpeg version 4.4.2-0ubuntu0.22.04.1 Copyright (c)', '-vsync'],
  ['ffmpeg version 5.0.1', '-vsync'],
  ['ffmpeg version 5.1.9-0+deb12u1', '-fps_mode'],
  ['ffmpeg version n7.1', '-fps_mode'],
  ['ffmpeg version 10.0', '-fps_mode'],
  ['ffmpeg version N-125875-g5d4d3bdc61', '-fps_mode'],
] as const) {
  test(`frames are not repeated by ${version}: ${expected}`, (t) => {
    const line = ffmpegArguments(settings, version);
    t.is(line[line.indexOf(expected) + 1], 'passthrough');
  });
}

test('the input format is asked for only when one is configured', (t) => {
  t.false(ffmpegArguments(settings, '').includes('-input_format'));
  const line = ffmpegArguments({ ...settings, inputFormat: 'mjpeg' }, '');
  t.is(line[line.indexOf('-input_format') + 1], 'mjpeg');
  t.true(line.indexOf('-input_format') < line.indexOf('-i'));
});

test.serial('a still source delivers no repeated frames to fill a gap', async (t) => {
  if (!needs(t, 'ffmpeg')) return;
  // Timestamps jump by two seconds after every frame, as with a camera that stalls; at a constant rate ffmpeg would
  // fill each gap with 40 copies.
  const inputArguments = ['-f', 'lavfi', '-i', 'testsrc=size=320x240:rate=20:duration=0.5,setpts=PTS+N*2/TB'];
  const frames: Frame[] = [];
  const camera = testPattern(1e6, { inputArguments });
  await t.throwsAsync(async () => {
    for await (const frame of camera.frames(new AbortController().signal)) frames.push(frame);
  });
  t.true((frames.at(-1)?.id ?? 0) <= 10, `${frames.at(-1)?.id} frames of 10`);
  t.true(frames.length > 0);
});
