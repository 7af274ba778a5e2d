import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import test from 'ava';
import { probeCameras, videoDevices } from '../../src/camera/probe.ts';
import { needs } from '../support/require.ts';
import { temporaryFolder } from './support.ts';

test('video devices are listed by number, with names and what udev knows', async (t) => {
  const root = await temporaryFolder(t);
  const files = {
    'dev/video0': '',
    'dev/video10': '',
    'dev/video2': '',
    'dev/video-codec': '',
    'sys/class/video4linux/video0/name': 'HD Webcam\n',
    'sys/class/video4linux/video0/dev': '81:0\n',
    'sys/class/video4linux/video2/dev': '81:2\n',
    'run/udev/data/c81:0': 'S:v4l/by-id/x\nE:ID_V4L_CAPABILITIES=:capture:\n',
    'run/udev/data/c81:2': 'E:ID_V4L_CAPABILITIES=:\n',
  };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  const ok = { access: 'ok', hint: null } as const;
  t.deepEqual(await videoDevices(root), [
    { path: join(root, 'dev/video0'), name: 'HD Webcam', captures: true, ...ok },
    { path: join(root, 'dev/video2'), name: null, captures: false, ...ok },
    { path: join(root, 'dev/video10'), name: null, captures: null, ...ok },
  ]);
});

test('a machine without any device is no error', async (t) => {
  t.deepEqual(await videoDevices(await temporaryFolder(t)), []);
});

test('a device that cannot be opened comes with a mend', async (t) => {
  const root = await temporaryFolder(t);
  await mkdir(join(root, 'dev/video0'), { recursive: true });
  const [device] = await videoDevices(root);
  t.is(device?.access, 'failed');
  t.truthy(device?.hint);
});

for (const tool of ['ffmpeg', 'fswebcam'] as const) {
  test.serial(`${tool} is found with its version`, async (t) => {
    if (!needs(t, tool)) return;
    const { tools } = await probeCameras();
    t.regex(tools[tool].version ?? '', new RegExp(`^${tool} .*\\d`));
    t.is(tools[tool].hint, null);
  });
}

test.serial('tools that are not there come with the install command', async (t) => {
  const path = process.env.PATH;
  t.teardown(() => {
    process.env.PATH = path;
  });
  process.env.PATH = await temporaryFolder(t);
  const { tools } = await probeCameras();
  t.deepEqual(tools.ffmpeg, { version: null, hint: 'sudo apt install ffmpeg' });
  t.deepEqual(tools.fswebcam, { version: null, hint: 'sudo apt install fswebcam' });
});
