import { chmod, cp, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import sharp from 'sharp';
import { nodeWebcamCamera } from '../../src/camera/node-webcam.ts';
import { isLimenError } from '../../src/domain/errors.ts';
import { cameraContract, take } from '../contract/camera.ts';
import { needs } from '../support/require.ts';
import { clipFolder, temporaryFolder } from './support.ts';

const settings = { widthPx: 640, heightPx: 480, fps: 10 };
const picture = join(clipFolder, 'frame-0001.jpg');

cameraContract({
  driver: 'node-webcam',
  part: 'fswebcam',
  make: (_t, fps) => nodeWebcamCamera({ ...settings, device: 'TEST:', fps }),
  makeMissing: () => nodeWebcamCamera({ ...settings, device: '/dev/video99' }),
});

test.serial('a shot is a JPEG that decodes', async (t) => {
  if (!needs(t, 'fswebcam')) return;
  const plainlyNamed = join(await temporaryFolder(t), 'picture.jpg');
  await cp(picture, plainlyNamed);
  const [frame] = await take(nodeWebcamCamera({ ...settings, device: `FILE:${plainlyNamed}` }), 1);
  const { data } = await sharp(frame?.data).raw().toBuffer({ resolveWithObject: true });
  t.is(data.length, 640 * 480 * 3);
});

test.serial('no file is left behind', async (t) => {
  if (!needs(t, 'fswebcam')) return;
  const tempFolder = await temporaryFolder(t);
  const camera = nodeWebcamCamera({ ...settings, device: 'TEST:', tempFolder });
  for await (const _frame of camera.frames(new AbortController().signal)) {
    t.is((await readdir(tempFolder)).length, 1);
    break;
  }
  await t.throwsAsync(take(nodeWebcamCamera({ ...settings, device: 'FILE:/none.jpg', tempFolder }), 1));
  t.deepEqual(await readdir(tempFolder), []);
});

test.serial('a device that is no camera is told apart from one that is not there', async (t) => {
  if (!needs(t, 'fswebcam')) return;
  const error = await t.throwsAsync(take(nodeWebcamCamera({ ...settings, device: '/dev/null' }), 1));
  t.true(isLimenError(error, 'camera.missing'), String(error));
  t.regex(String(error), /is not a camera/);
});

for (const device of [
  '/dev/video0; touch /tmp/owned',
  '/dev/video0 && id',
  '$(id)',
  '`id`',
  '/dev/video0\nid',
  '/dev/video0\n',
  '/dev/video 0',
  "'/dev/video0'",
  '-d',
  'FILE:/a|b',
  '/dev/../dev/video0>x',
  '',
]) {
  test(`the device ${JSON.stringify(device)} never reaches a shell`, (t) => {
    const error = t.throws(() => nodeWebcamCamera({ ...settings, device }));
    t.true(isLimenError(error, 'config.invalid'));
  });
}

test.serial('a temporary folder that a shell would split is refused', async (t) => {
  const tempFolder = join(await temporaryFolder(t), 'my shots');
  await mkdir(tempFolder);
  await standIn(t, 'true');
  const error = await t.throwsAsync(take(nodeWebcamCamera({ ...settings, device: 'TEST:', tempFolder }), 1));
  t.true(isLimenError(error, 'camera.failed'));
});

// What a healthy fswebcam cannot be made to do is done by a script of the same name.

test.serial('exit code 0 without a picture is an error', async (t) => {
  await standIn(t, 'echo "Timed out waiting for frame!" >&2');
  const error = await t.throwsAsync(take(nodeWebcamCamera({ ...settings, device: '/dev/video0' }), 1));
  t.true(isLimenError(error, 'camera.stalled'), String(error));
});

test.serial('a busy camera is told', async (t) => {
  await standIn(t, 'echo "VIDIOC_S_INPUT: Device or resource busy" >&2');
  const error = await t.throwsAsync(take(nodeWebcamCamera({ ...settings, device: '/dev/video0' }), 1));
  t.true(isLimenError(error, 'camera.busy'), String(error));
});

test.serial('half a JPEG is not taken for a shot', async (t) => {
  await standIn(t, `for last; do :; done; head -c 5000 "${picture}" > "$last"`);
  const error = await t.throwsAsync(take(nodeWebcamCamera({ ...settings, device: '/dev/video0' }), 1));
  t.true(isLimenError(error, 'camera.failed'), String(error));
});

test.serial('a shot that did not happen does not deliver the one before again', async (t) => {
  const once = join(await temporaryFolder(t), 'once');
  await standIn(t, `for last; do :; done; [ -e ${once} ] || cat "${picture}" > "$last"; touch ${once}`);
  const ids: number[] = [];
  const error = await t.throwsAsync(async () => {
    const camera = nodeWebcamCamera({ ...settings, device: '/dev/video0' });
    for await (const frame of camera.frames(new AbortController().signal)) {
      ids.push(frame.id);
      if (ids.length === 3) break;
    }
  });
  t.deepEqual(ids, [1]);
  t.true(isLimenError(error, 'camera.failed'), String(error));
});

test.serial('a shot that hangs in the driver is ended', async (t) => {
  await standIn(t, 'trap "" TERM; while :; do sleep 0.1; done');
  const camera = nodeWebcamCamera({ ...settings, device: '/dev/video0', longestShotS: 1 });
  const error = await t.throwsAsync(take(camera, 1));
  t.true(isLimenError(error, 'camera.stalled'), String(error));
});

test.serial('without fswebcam the error says how to install it', async (t) => {
  const path = process.env.PATH;
  t.teardown(() => {
    process.env.PATH = path;
  });
  process.env.PATH = await temporaryFolder(t);
  const error = await t.throwsAsync(take(nodeWebcamCamera({ ...settings, device: 'TEST:' }), 1));
  t.true(isLimenError(error, 'camera.tool-missing'), String(error));
  if (isLimenError(error)) t.is(error.hint, 'sudo apt install fswebcam');
});

test.serial('an fswebcam that vanishes later is an error with its mend', async (t) => {
  await standIn(t, `for last; do :; done; cat "${picture}" > "$last"`);
  const camera = nodeWebcamCamera({ ...settings, device: '/dev/video0' });
  t.is((await take(camera, 1)).length, 1);
  // What a shot runs is there, and fswebcam is not.
  const folder = await temporaryFolder(t);
  for (const tool of ['env', 'timeout']) await symlink(join('/usr/bin', tool), join(folder, tool));
  process.env.PATH = folder;
  const error = await t.throwsAsync(take(camera, 1));
  t.true(isLimenError(error, 'camera.tool-missing'), String(error));
});

/** Put a shell script in fswebcam's place for the rest of this test. */
async function standIn(t: ExecutionContext, script: string): Promise<void> {
  const folder = await temporaryFolder(t);
  const file = join(folder, 'fswebcam');
  await writeFile(file, `#!/bin/sh\n[ "$1" = --version ] && { echo fswebcam stand-in; exit 0; }\n${script}\n`);
  await chmod(file, 0o755);
  const path = process.env.PATH;
  process.env.PATH = `${folder}:${path}`;
  t.teardown(() => {
    process.env.PATH = path;
  });
}
