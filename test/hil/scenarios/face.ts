import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import test from 'ava';
import { packageRoot } from '../../../src/runtime/package-root.ts';
import { until } from '../../support/wait.ts';
import { eventually, JournalSince, serveLimen, wiring } from '../support/limen.ts';
import { levelOf } from '../support/machine.ts';

/** Hold a picture before the second camera. */
function showPicture(file: string) {
  const path = join(packageRoot(), 'test/people/people', file);
  const source = ['-re', '-f', 'image2', '-loop', '1', '-framerate', '2', '-i', path];
  return spawn('ffmpeg', ['-v', 'error', ...source, '-c:v', 'copy', '-f', 'v4l2', '/dev/video1'], { stdio: 'inherit' });
}

test('a face before a V4L2 camera moves the relay, and it is written down before', async (t) => {
  serveLimen();
  t.is(levelOf(wiring.relay), 0);
  const journal = new JournalSince();
  const face = showPicture('p01/probe-1.jpg');
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
  t.log(`decided on ${framesUsed} of ${framesSeen} pictures in ${elapsedMs} ms`);
});
