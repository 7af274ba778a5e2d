import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import test, { type ExecutionContext } from 'ava';
import type { Camera } from '../../../src/camera/camera.ts';
import { nodeWebcamCamera } from '../../../src/camera/node-webcam.ts';
import { superviseCamera } from '../../../src/camera/supervised.ts';
import { v4l2Camera } from '../../../src/camera/v4l2.ts';
import type { Occurrence } from '../../../src/domain/event.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { cameraContract } from '../../contract/camera.ts';
import { until } from '../../support/wait.ts';

/** vivid: a V4L2 driver of the kernel, with faults on demand and no USB cable. */
const device = '/dev/video0';
const settings = { device, widthPx: 320, heightPx: 180, inputFormat: 'auto' } as const;
const unplug = () => writeFileSync('/sys/bus/platform/drivers/vivid/unbind', 'vivid.0');
const plugIn = () => writeFileSync('/sys/bus/platform/drivers/vivid/bind', 'vivid.0');

cameraContract({
  driver: 'v4l2 on a device',
  part: 'ffmpeg',
  make: (_t, fps) => v4l2Camera({ ...settings, fps }),
  makeMissing: () => v4l2Camera({ ...settings, device: '/dev/video9', fps: 10 }),
});

cameraContract({
  driver: 'node-webcam on a device',
  part: 'fswebcam',
  make: (_t, fps) => nodeWebcamCamera({ ...settings, fps }),
  makeMissing: () => nodeWebcamCamera({ ...settings, device: '/dev/video9', fps: 10 }),
});

/** A supervised camera that somebody looks at until the end of the test, and what it reported. */
function watched(t: ExecutionContext, camera: Camera) {
  const controller = new AbortController();
  const reported: Occurrence[] = [];
  let frames = 0;
  const supervised = superviseCamera(camera, {
    report: (occurrence) => reported.push(occurrence),
    clock: systemClock,
    // Emulated, ffmpeg takes up to a minute from its start to a frame.
    ...{ stallMs: 60_000, firstFrameMs: 120_000 },
    backoff: { firstMs: 200, capMs: 1000 },
  });
  const ended = (async () => {
    for await (const _frame of supervised.frames(controller.signal)) frames += 1;
  })();
  t.teardown(async () => {
    controller.abort();
    await ended;
  });
  const codes = () => reported.flatMap((one) => (one.kind === 'camera.stalled' ? [one.body.code] : []));
  const count = (kind: Occurrence['kind']) => reported.filter((one) => one.kind === kind).length;
  return { codes, count, frames: () => frames };
}

/** What a process has open at this moment. */
function filesOf(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${fd}`)];
    } catch {
      return []; // closed meanwhile
    }
  });
}

test('a camera that another program uses is busy, and is taken as soon as it is free', async (t) => {
  const other = spawn('ffmpeg', ['-v', 'error', '-f', 'v4l2', '-i', device, '-f', 'null', '-'], { stdio: 'ignore' });
  t.teardown(() => other.kill('SIGKILL'));
  await until(() => filesOf(other.pid!).includes(device));
  const camera = watched(t, v4l2Camera({ ...settings, fps: 10 }));
  await until(() => camera.codes().length > 0);
  t.deepEqual(camera.codes(), ['camera.busy']);
  t.is(camera.frames(), 0);
  other.kill('SIGKILL');
  await once(other, 'exit');
  await until(() => camera.frames() > 2);
  t.is(camera.count('camera.started'), 1);
});

test('a camera whose stream fails is started again', async (t) => {
  const camera = watched(t, v4l2Camera({ ...settings, fps: 10 }));
  await until(() => camera.frames() > 2);
  execFileSync('v4l2-ctl', ['-d', device, '-c', 'inject_fatal_streaming_error=1']);
  await until(() => camera.count('camera.stalled') > 0);
  await until(() => camera.count('camera.recovered') > 0);
  t.regex(camera.codes()[0] ?? '', /^camera\.(failed|stalled)$/);
});

test('a camera that is pulled out is missed, and is back when it is plugged in', async (t) => {
  const camera = watched(t, v4l2Camera({ ...settings, fps: 10 }));
  await until(() => camera.frames() > 2);
  unplug();
  t.teardown(() => {
    if (!existsSync(device)) plugIn();
  });
  await until(() => camera.codes().includes('camera.missing'));
  t.is(camera.count('camera.recovered'), 0);
  plugIn();
  await until(() => camera.count('camera.recovered') > 0);
  t.is(camera.count('camera.started'), 1);
});
