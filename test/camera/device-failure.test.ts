import test from 'ava';
import { deviceFailure } from '../../src/camera/device-failure.ts';
import type { ErrorCode } from '../../src/domain/errors.ts';

/** Collected from ffmpeg 5.1 and fswebcam 20140113, and from libavdevice/v4l2.c for what needs a real device. */
const sayings: [ErrorCode, string][] = [
  ['camera.missing', '[video4linux2,v4l2 @ 0x1] Cannot open video device /dev/video9: No such file or directory'],
  ['camera.missing', '[video4linux2,v4l2 @ 0x1] ioctl(VIDIOC_DQBUF): No such device'],
  ['camera.missing', 'stat: No such file or directory'],
  ['camera.missing', 'No webcam found'],
  ['camera.missing', '[video4linux2,v4l2 @ 0x1] ioctl(VIDIOC_QUERYCAP): Inappropriate ioctl for device'],
  ['camera.missing', '/dev/null: Not a V4L2 device?\nUnable to find a source module that can read /dev/null.'],
  ['camera.missing', '[video4linux2,v4l2 @ 0x1] Not a video capture device.'],
  ['camera.denied', '[video4linux2,v4l2 @ 0x1] Cannot open video device /dev/video0: Permission denied'],
  ['camera.denied', '[video4linux2,v4l2 @ 0x1] Cannot open video device /dev/video0: Operation not permitted'],
  ['camera.denied', 'Error opening file /dev/video0\nfopen: Permission denied\nUnable to find a source module …'],
  ['camera.busy', '[video4linux2,v4l2 @ 0x1] ioctl(VIDIOC_STREAMON): Device or resource busy'],
  ['camera.busy', 'Error selecting input 0\nVIDIOC_S_INPUT: Device or resource busy'],
  ['camera.stalled', 'Timed out waiting for frame!\nUnable to read a frame.'],
  ['camera.failed', '[video4linux2,v4l2 @ 0x1] ioctl(VIDIOC_STREAMON): No space left on device'],
  ['camera.failed', "[video4linux2,v4l2 @ 0x1] Cannot find a proper format for codec 'mjpeg' (id 7)"],
  ['camera.failed', 'something that nobody has seen before'],
  ['camera.failed', ''],
];

for (const [code, said] of sayings) {
  test(`${code} for ${JSON.stringify(said)}`, async (t) => {
    const error = await deviceFailure({ device: '/dev/video0', tool: 'ffmpeg', said });
    t.is(error.code, code);
    t.regex(error.message, /\/dev\/video0.*\.$/);
    t.truthy(error.hint);
  });
}

test('what nobody has seen before is quoted', async (t) => {
  const error = await deviceFailure({ device: '/dev/video0', tool: 'ffmpeg', said: 'first\nlast words\n' });
  t.regex(error.message, /saying "last words"/);
});
