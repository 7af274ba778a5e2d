import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import test from 'ava';
import { packageRoot } from '../../../src/runtime/package-root.ts';
import { until } from '../../support/wait.ts';
import {
  closeDoor,
  eventually,
  JournalSince,
  openDoor,
  pictureOfCamera,
  serveLimen,
  wiring,
} from '../support/limen.ts';
import { levelOf } from '../support/machine.ts';

/** Hold a picture before the second camera. */
function showPicture(file: string) {
  const path = join(packageRoot(), '.hil/site', file);
  const source = ['-re', '-f', 'image2', '-loop', '1', '-framerate', `${pictureOfCamera.fps}`, '-i', path];
  return spawn('ffmpeg', ['-v', 'error', ...source, '-c:v', 'copy', '-f', 'v4l2', '/dev/video1'], { stdio: 'inherit' });
}

test('a face before a V4L2 camera moves the relay, and it is written down before', async (t) => {
  serveLimen();
  t.is(levelOf(wiring.relay), 0);
  const journal = new JournalSince();
  const face = showPicture('p01.jpg');
  t.teardown(() => face.kill('SIGKILL'));
  await until(() => levelOf(wiring.relay) === 1);
  face.kill('SIGKILL');
  await once(face, 'exit');

  await eventually(() => journal.of('door.unlocked').length > 0);
  const [granted] = journal.of('verdict.granted');
  const [unlocked] = journal.of('door.unlocked');
  t.is(granted?.body.personId, 'p01');
  t.true(granted!.seq < unlocked!.seq);
  const { elapsedMs, framesSeen, framesUsed } = granted!.body.evidence;
  // Whoever comes next finds the door as it was before.
  openDoor();
  await eventually(() => journal.of('door.locked').length > 0);
  closeDoor();
  await eventually(() => journal.of('door.closed').length > 0);
  t.is(levelOf(wiring.relay), 0);
  t.log(`decided on ${framesUsed} of ${framesSeen} pictures in ${elapsedMs} ms`);
});
