import test from 'ava';
import type { Finding } from '../../../src/doctor/finding.ts';
import { packageVersion } from '../../../src/runtime/package-root.ts';
import { limen } from '../emulated.ts';

test('limen --version', async (t) => {
  const { stdout, exitCode } = await limen('--version');
  t.is(exitCode, 0);
  t.is(stdout, packageVersion());
});

test('limen doctor finds the engines, the pack and the GPIO driver in order', async (t) => {
  const { stdout } = await limen('doctor', '--json');
  const findings = JSON.parse(stdout) as Finding[];
  t.deepEqual(
    findings.filter(({ level }) => level === 'fail'),
    [],
  );
  const says = (about: string) => findings.filter((finding) => finding.about === about && finding.level === 'ok');
  t.regex(says('limen')[0]!.says, /linux arm64$/);
  t.is(says('engine').length, 3);
  t.is(says('models').length, 1);
  t.true(says('gpio').some((finding) => finding.says === 'the driver gpiochip loads'));
});
