/**
 * Inside the test machine, as a child of its systemd: run the scenarios, cut the power in the middle of a pulse, and after
 * the next start look at what is left. Speaks TAP on the serial line that `run.ts` reads.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { packageRoot } from '../../src/runtime/package-root.ts';
import { workIn } from './plan.ts';
import { chipLabel, cutFile, hilFolder, linesFolder, powerOff } from './support/machine.ts';

const environment = {
  ...process.env,
  HOME: '/root',
  LIMEN_TEST_GPIO_CHIP: chipLabel,
  LIMEN_TEST_GPIO_SIM: linesFolder,
  LIMEN_TEST_REQUIRE: 'gpio,onoff,ffmpeg,fswebcam,systemd',
};

function ava(...files: readonly string[]): void {
  const command = ['node_modules/ava/entrypoints/cli.mjs', '--tap', '--config', 'test/hil/ava.config.js', ...files];
  const { status } = spawnSync(process.execPath, command, {
    cwd: packageRoot(),
    stdio: ['ignore', 'inherit', 'inherit'],
    env: environment,
  });
  if (status === 0) return;
  // AVA's TAP reporter dies of a test that hangs, and then says nothing of it.
  console.log(`HIL-FAILED ${status}`);
  // For the host, which prints the last lines of the console when something failed.
  const { stdout } = spawnSync('journalctl', ['-b', '--no-pager', '-o', 'short-monotonic', '-n', '150']);
  writeFileSync('/dev/ttyS0', stdout);
}

console.log('HIL-BOOT');
mkdirSync(hilFolder, { recursive: true });
if (existsSync(cutFile)) ava('dist/test/hil/after-power-cut/rest.js');
else {
  const { files, powerCut } = workIn(readFileSync('/proc/cmdline', 'utf8'));
  if (files.length > 0) ava(...files);
  if (powerCut) await import('./power-cut.ts');
}
console.log('HIL-END');
powerOff();
