import { execFileSync } from 'node:child_process';
import { chmodSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { kernelClock } from '../../src/runtime/kernel-clock.ts';
import { temporaryFolders } from '../support/folders.ts';
import { needs } from '../support/require.ts';

const folder = temporaryFolders(test);

/** Programs by name with what they print, or how they fail; nothing else is found. */
function programs(answers: Readonly<Record<string, string | { readonly exit: number }>>): { PATH: string } {
  const PATH = folder();
  for (const [name, answer] of Object.entries(answers)) {
    const body = typeof answer === 'string' ? `printf '%s\\n' '${answer}'` : `exit ${answer.exit}`;
    writeFileSync(join(PATH, name), `#!/bin/sh\n${body}\n`);
    chmodSync(join(PATH, name), 0o755);
  }
  return { PATH };
}

const tracking = (leap: string) =>
  `A29FC87B,162.159.200.123,3,1795894501.834987,0.000012,0.000034,0.000056,-12.3,0.001,0.02,0.011,0.0007,64.2,${leap}`;

const answers: Readonly<Record<string, readonly [Parameters<typeof programs>[0], object | null]>> = {
  'timedatectl says yes': [{ timedatectl: 'yes' }, { isSet: true, says: 'timedatectl' }],
  'timedatectl says no': [
    { timedatectl: 'no', chronyc: tracking('Normal') },
    { isSet: false, says: 'timedatectl' },
  ],
  'without a bus chrony is asked': [
    { timedatectl: { exit: 1 }, chronyc: tracking('Insert second') },
    { isSet: true, says: 'chronyc' },
  ],
  'chrony has no server': [{ chronyc: tracking('Not synchronised') }, { isSet: false, says: 'chronyc' }],
  'chrony does not run': [
    { chronyc: { exit: 1 }, adjtimex: '     maxerror: 250000' },
    { isSet: true, says: 'adjtimex' },
  ],
  'an answer that is none': [{ timedatectl: 'perhaps', chronyc: '506 Cannot talk to daemon' }, null],
  'nobody there': [{}, null],
};
for (const [what, [there, expected]] of Object.entries(answers))
  test(what, async (t) => {
    t.deepEqual(await kernelClock({ env: programs(there) }), expected as Awaited<ReturnType<typeof kernelClock>>);
  });

test('what busybox hears from this kernel is what the kernel says', async (t) => {
  if (!needs(t, 'busybox') || !needs(t, 'python')) return;
  const PATH = folder();
  symlinkSync(execFileSync('which', ['busybox'], { encoding: 'utf8' }).trim(), join(PATH, 'busybox'));
  t.deepEqual(await kernelClock({ env: { PATH } }), { isSet: maxErrorUs(t) < 16_000_000, says: 'busybox' });
});

/** adjtimex(2) through Python's ctypes: `struct timex` begins modes (int, padded), offset, freq, maxerror (long). */
function maxErrorUs(t: ExecutionContext): number {
  const script =
    'import ctypes; t = (ctypes.c_long * 32)(); ctypes.CDLL(None, use_errno=True).adjtimex(t); print(t[3])';
  const us = Number(execFileSync('python3', ['-c', script], { encoding: 'utf8' }));
  t.true(us > 0);
  return us;
}
