import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import test from 'ava';
import { packageRoot } from '../../../src/runtime/package-root.ts';
import { configure, events, installLimen, restartLimen, run, wiring } from '../support/limen.ts';
import { levelOf } from '../support/machine.ts';

/** Hold a picture before the second camera. */
function showPicture(file: string) {
  const path = join(packageRoot(), 'test/people/people', file);
  const source = ['-re', '-f', 'image2', '-loop', '1', '-framerate', '5', '-i', path];
  return spawn('ffmpeg', ['-v', 'error', ...source, '-c:v', 'copy', '-f', 'v4l2', '/dev/video1'], { stdio: 'inherit' });
}

test.before(() => installLimen());
test.after.always(() => run('systemctl', 'stop', 'limen.service'));

test('a face before a V4L2 camera moves the relay, and it is written down before', async (t) => {
  configure();
  const startedMs = performance.now();
  restartLimen();
  t.log(`from start to READY: ${Math.round(performance.now() - startedMs)} ms`);
  t.is(levelOf(wiring.relay), 0);

  const face = showPicture('p01/probe-1.jpg');
  t.teardown(() => face.kill('SIGKILL'));
  for (let i = 0; i < 60 && levelOf(wiring.relay) !== 1; i++) await new Promise((r) => setTimeout(r, 1000));

  const [granted] = events('verdict.granted');
  const [unlocked] = events('door.unlocked');
  t.is(granted?.body.personId, 'p01');
  t.true(granted!.seq < unlocked!.seq);
  t.log(`decided on ${granted?.body.evidence.framesUsed} pictures in ${granted?.body.evidence.elapsedMs} ms`);
  face.kill('SIGKILL');
  await once(face, 'exit');
});
