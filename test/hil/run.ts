/**
 * `npm run test:hil [-- NAME]`: the scenarios of this folder on machines of their own: Debian's kernel under software
 * emulation, with a GPIO chip, two cameras, and systemd as pid 1. With a NAME, only scenarios with it in their name.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isLimenError } from '../../src/domain/errors.ts';
import { packageRoot } from '../../src/runtime/package-root.ts';
import { requireImage } from './image.ts';
import { bootMachine } from './machine.ts';
import { planned, type Work } from './plan.ts';
import { makeSite } from './site.ts';
import { tapReader } from './tap.ts';

const folder = join(packageRoot(), '.hil');
const withinMs = 60 * 60_000;
const started = performance.now();
const seconds = () => ((performance.now() - started) / 1000).toFixed(0);
let passed = 0;
let failed = 0;

try {
  requireImage(folder);
} catch (error) {
  if (!isLimenError(error)) throw error;
  console.error(`${error.message} ${error.hint}`);
  process.exit(69);
}
await makeSite(join(folder, 'site'));
const plan = planned(process.argv[2]);
// One after the other: emulated cores that share a real one wait for each other, and watchdogs bite what waits.
for (const [machine, work] of plan.entries()) {
  console.log(`  machine ${machine + 1} starts after ${seconds()} s`);
  await runOn(work, machine);
}
if (passed === 0) failed += 1;
console.log(`\n  ${passed} tests passed, ${failed} tests failed, ${seconds()} s`);
process.exitCode = failed === 0 ? 0 : 1;

/** Run scenarios on a machine of their own; what failed there is told with the machine's last words. */
async function runOn(work: Work, machine: number): Promise<void> {
  const consoleFile = join(folder, `console-${machine + 1}.log`);
  const said: string[] = [];
  let failedHere = 0;
  const tap = tapReader(({ title, ok, details }) => {
    if (ok) passed += 1;
    else failedHere += 1;
    console.log(`  ${ok ? '✔' : '✖'} ${title} (at ${seconds()} s)`);
    for (const line of details) console.log(`      ${line}`);
  });
  const ended = await bootMachine({
    ...{ folder, work, consoleFile, withinMs },
    onLine: (line) => {
      said.push(line);
      if (line === 'HIL-BOOT') console.log(`  machine ${machine + 1} is up after ${seconds()} s`);
      tap.take(line);
    },
  });
  tap.end();
  if (ended !== null || !said.includes('HIL-END')) {
    failedHere += 1;
    console.log(`  ✖ machine ${machine + 1} did not reach the end: ${ended ?? 'it went off by itself'}`);
  }
  if (failedHere === 0 && said.some((line) => line.startsWith('HIL-FAILED'))) {
    failedHere += 1;
    console.log(`  ✖ machine ${machine + 1}: a test hung`);
  }
  failed += failedHere;
  if (failedHere === 0) return;
  console.log(`\n  The last that machine ${machine + 1} said (all of it: ${consoleFile}):`);
  const lastWords = readFileSync(consoleFile, 'utf8').trimEnd().split('\n').slice(-60);
  for (const line of [...said.slice(-20), ...lastWords]) console.log(`    ${line.trimEnd()}`);
}
