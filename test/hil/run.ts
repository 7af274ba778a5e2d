/**
 * `npm run test:hil [-- NAME]`: the scenarios of this folder on a machine of their own: Debian's kernel under software
 * emulation, with a GPIO chip, two cameras, and systemd as pid 1. With a NAME, only scenarios whose file has it in its name.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isLimenError } from '../../src/domain/errors.ts';
import { packageRoot } from '../../src/runtime/package-root.ts';
import { requireImage } from './image.ts';
import { bootMachine } from './machine.ts';
import { makeSite } from './site.ts';
import { tapReader } from './tap.ts';

const folder = join(packageRoot(), '.hil');
const only = process.argv[2];
const withinMs = 12 * 60_000;
const started = performance.now();
const seconds = () => ((performance.now() - started) / 1000).toFixed(0);

try {
  requireImage(folder);
} catch (error) {
  if (!isLimenError(error)) throw error;
  console.error(`${error.message} ${error.hint}`);
  process.exit(69);
}
await makeSite(join(folder, 'site'));
console.log(`  the machine starts after ${seconds()} s`);

let passed = 0;
let failed = 0;
let isWhole = false;
const said: string[] = [];
const tap = tapReader(({ title, ok, details }) => {
  if (ok) passed += 1;
  else failed += 1;
  console.log(`  ${ok ? '✔' : '✖'} ${title}`);
  for (const line of details) console.log(`      ${line}`);
});
const ended = await bootMachine({
  folder,
  only,
  withinMs,
  onLine: (line) => {
    said.push(line);
    if (line === 'HIL-END') isWhole = true;
    tap.take(line);
  },
});
tap.end();

if (ended !== null || !isWhole) {
  failed += 1;
  console.log(`  ✖ the machine did not reach the end: ${ended ?? 'it went off by itself'}`);
}
if (passed === 0) failed += 1;
if (failed > 0) {
  console.log(`\n  The last the machine said (all of it: ${join(folder, 'console.log')}):`);
  const lastWords = readFileSync(join(folder, 'console.log'), 'utf8').trimEnd().split('\n').slice(-60);
  for (const line of [...said.slice(-20), ...lastWords]) console.log(`    ${line.trimEnd()}`);
}
console.log(`\n  ${passed} tests passed, ${failed} tests failed, ${seconds()} s`);
process.exitCode = failed === 0 ? 0 : 1;
