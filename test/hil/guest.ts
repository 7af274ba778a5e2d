/**
 * Inside the test machine, as a child of its systemd: run the scenarios, cut the power in the middle of a pulse, and after
 * the next start look at what is left. Speaks TAP on the serial line that `run.ts` reads.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { packageRoot } from '../../src/runtime/package-root.ts';
import { cutFile, hilFolder, powerOff } from './support/machine.ts';

/** Run the test files of one folder whose name has `only` in it; without words, every one. */
function ava(folder: string, only = ''): void {
  const files = `dist/test/hil/${folder}/*${only}*.js`;
  const { status } = spawnSync(
    process.execPath,
    ['node_modules/ava/entrypoints/cli.mjs', '--tap', '--config', 'test/hil/ava.config.js', files],
    { cwd: packageRoot(), stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, HOME: '/root' } },
  );
  if (status === 0) return;
  // For the host, which prints the last lines of the console when something failed.
  const { stdout } = spawnSync('journalctl', ['-b', '--no-pager', '-o', 'short-monotonic', '-n', '150']);
  writeFileSync('/dev/ttyS0', stdout);
}

console.log('HIL-BOOT');
const only = / hil\.only=(\S+)/.exec(readFileSync('/proc/cmdline', 'utf8'))?.[1];
mkdirSync(hilFolder, { recursive: true });
if (existsSync(cutFile)) ava('after-power-cut');
else {
  ava('scenarios', only);
  if (only === undefined) await import('./power-cut.ts');
}
console.log('HIL-END');
powerOff();
