import { closeSync, openSync } from 'node:fs';
import test from 'ava';
import { execa } from 'execa';
import { limenFile } from '../support/command-line.ts';

const colour = '\u001b';

test('a file that is written into gets no colours, on a build server neither', async (t) => {
  const env = { CI: 'true', NO_COLOR: undefined, FORCE_COLOR: undefined };
  const { stdout, stderr } = await execa(process.execPath, [limenFile, 'models', 'verify', 'faceapi', 'no-such-pack'], {
    reject: false,
    env,
  });
  t.true(stdout.includes('faceapi'));
  t.true(stderr.includes('no-such-pack'));
  t.false((stdout + stderr).includes(colour));
});

test('FORCE_COLOR asks for colours, and NO_COLOR is stronger', async (t) => {
  const words = [limenFile, 'inspect', 'no-such-picture.jpg'];
  const asked = await execa(process.execPath, words, { reject: false, env: { FORCE_COLOR: '1', NO_COLOR: undefined } });
  t.true(asked.stderr.includes(colour));
  const refused = await execa(process.execPath, words, { reject: false, env: { FORCE_COLOR: '1', NO_COLOR: '1' } });
  t.false(refused.stderr.includes(colour));
});

test('output that does not fit on the disk ends with 74 and one sentence', async (t) => {
  const full = openSync('/dev/full', 'w');
  t.teardown(() => closeSync(full));
  const { exitCode, stderr } = await execa(process.execPath, [limenFile, 'models', 'list'], {
    reject: false,
    stdout: full as unknown as 'pipe',
    env: { NO_COLOR: '1', FORCE_COLOR: undefined },
  });
  t.is(exitCode, 74);
  t.regex(stderr, /^limen: standard output cannot be written: .* \[disk\.full\]\nmend: {2}\S[^\n]*$/);
});

test('an error that nobody can be told still has its exit code', async (t) => {
  const full = openSync('/dev/full', 'w');
  t.teardown(() => closeSync(full));
  const { exitCode } = await execa(process.execPath, [limenFile, 'models', 'verify', 'no-such-pack'], {
    reject: false,
    stderr: full as unknown as 'pipe',
  });
  t.is(exitCode, 66);
});
