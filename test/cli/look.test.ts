import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { packageRoot } from '../../src/runtime/package-root.ts';
import { holdsTemplate, limen, limenFile, refuses } from '../support/command-line.ts';
import { temporaryFolders } from '../support/folders.ts';

const folder = temporaryFolders(test);
const people = join(packageRoot(), 'test/people');
const threePeople = join(people, 'scenes/three-people.jpg');
const corridor = join(people, 'scenes/empty-corridor.jpg');

test('inspect --json finds the three people, says what it measured, and never prints a template', async (t) => {
  const { exitCode, stdout, stderr } = await limen('inspect', '--json', threePeople);
  t.is(exitCode, 0, stderr);
  t.is(stderr, '');
  const [picture, ...more] = JSON.parse(stdout);
  t.deepEqual(more, []);
  t.is(picture.file, threePeople);
  t.deepEqual([picture.widthPx, picture.heightPx], [640, 480]);
  t.is(picture.faces.length, 3);
  for (const face of picture.faces) {
    t.true(face.box.width > 0 && face.score > 0.3 && face.quality.interEyePx > 0);
    t.is(face.people, null);
  }
  t.false(holdsTemplate(picture));
});

test('inspect tells a person the same in words', async (t) => {
  const { exitCode, stdout } = await limen('inspect', threePeople, corridor);
  t.is(exitCode, 0);
  t.regex(stdout, /three-people\.jpg: 640×480, 3 faces\n/);
  t.regex(stdout, /empty-corridor\.jpg: 640×480, 0 faces$/m);
});

test('a picture without a face is no error to look at', async (t) => {
  const { exitCode, stdout, stderr } = await limen('inspect', '--json', corridor);
  t.is(exitCode, 0, stderr);
  t.deepEqual(JSON.parse(stdout)[0].faces, []);
});

test('what is no picture ends with 65, what is not there with 66', async (t) => {
  const text = join(folder(), 'text.jpg');
  writeFileSync(text, 'not a picture');
  refuses(t, await limen('inspect', text), 65, 'image.unreadable');
  refuses(t, await limen('inspect', '--json', join(folder(), 'none.jpg')), 66, 'file.unreadable');
});

test('one bad picture among several is named, and the others are still looked at', async (t) => {
  const missing = join(folder(), 'none.jpg');
  const { exitCode, stdout, stderr } = await limen('inspect', '--json', missing, corridor);
  t.is(exitCode, 66);
  const [first, second] = JSON.parse(stdout);
  t.is(first.error.code, 'file.unreadable');
  t.deepEqual(second.faces, []);
  t.regex(stderr, /none\.jpg.*\[file\.unreadable\]\nmend:/);
});

test('models list --json is one document without an absolute path or a template', async (t) => {
  const { exitCode, stdout, stderr } = await limen('models', 'list', '--json');
  t.is(exitCode, 0, stderr);
  const packs = JSON.parse(stdout);
  t.true(packs.some(({ name }: { name: string }) => name === 'faceapi'));
  t.false(stdout.includes(packageRoot()));
  t.false(holdsTemplate(packs));
});

test('models verify names every pack, and a pack that is not there ends with 66', async (t) => {
  const whole = await limen('models', 'verify');
  t.is(whole.exitCode, 0, whole.stderr);
  t.regex(whole.stdout, /^faceapi: every file is the one that pack\.json names$/m);
  refuses(t, await limen('models', 'verify', 'nothing-here'), 66, 'pack.missing');
});

test('doctor --json is one document, and its exit code says whether something fails', async (t) => {
  const bad = await limen('doctor', '--json', '--config', join(folder(), 'none.yaml'));
  t.is(bad.exitCode, 78);
  const findings: { level: string; about: string; says: string; mend: string | null }[] = JSON.parse(bad.stdout);
  t.true(findings.some(({ level, about, mend }) => level === 'fail' && about === 'config' && mend !== null));
  t.false(holdsTemplate(findings));

  const own = await limen('doctor', '--json');
  const failing = (JSON.parse(own.stdout) as typeof findings).some(({ level }) => level === 'fail');
  t.is(own.exitCode, failing ? 69 : 0);
});

test('a reader that leaves before the output comes is no error', async (t) => {
  for (const words of [
    ['models', 'list', '--json'],
    ['models', 'list'],
    ['inspect', corridor],
  ]) {
    const child = spawn(process.execPath, [limenFile, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.on('data', (part) => {
      stderr += part;
    });
    const [code] = await once(child, 'close');
    t.is(stderr, '');
    t.is(code, 0);
  }
});
