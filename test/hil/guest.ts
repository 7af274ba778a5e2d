/**
 * Inside the test machine, as a child of its systemd: run the scenarios, cut the power in the middle of a pulse, and after
 * the next start look at what is left. Speaks TAP on the serial line that `run.ts` reads.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { packageRoot } from '../../src/runtime/package-root.ts';
import { filesOf } from './plan.ts';
import { chipLabel, cutFile, hilFolder, linesFolder, powerOff } from './support/machine.ts';

const environment = {
  ...process.env,
  HOME: '/root',
  LIMEN_TEST_GPIO_CHIP: chipLabel,
  LIMEN_TEST_GPIO_SIM: linesFolder,
  LIMEN_TEST_REQUIRE: 'gpio,onoff,ffmpeg,fswebcam,systemd',
};

function ava(file: string, scenarios: readonly string[] = []): void {
  const command = ['node_modules/ava/entrypoints/cli.mjs', '--tap', '--config', 'test/hil/ava.config.js', file];
  const { status } = spawnSync(process.execPath, command, {
    cwd: packageRoot(),
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...environment, LIMEN_HIL_FILES: scenarios.join() },
  });
  if (status === 0) return;
  // For the host, which prints the last lines of the console when something failed.
  const { stdout } = spawnSync('journalctl', ['-b', '--no-pager', '-o', 'short-monotonic', '-n', '150']);
  writeFileSync('/dev/ttyS0', stdout);
}

console.log('HIL-BOOT');
const scenarios = / hil\.scenarios=(\S+)/.exec(readFileSync('/proc/cmdline', 'utf8'))?.[1]?.split(',') ?? [];
mkdirSync(hilFolder, { recursive: true });
if (existsSync(cutFile)) ava('dist/test/hil/after-power-cut/rest.js');
else {
  const files = filesOf(scenarios);
  if (files.length > 0) ava('dist/test/hil/scenarios.js', files);
  if (scenarios.includes('power-cut')) await import('./power-cut.ts');
}
console.log('HIL-END');
powerOff();
