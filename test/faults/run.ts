/**
 * `npm run test:faults [-- --long | --runs N] [NAME…]`: the scenarios of this folder, a few runs of each; `--long` makes
 * hundreds and thousands, `--runs N` as many. With names, only scenarios whose file has one of them in its name.
 * `LIMEN_FAULTS_SEED=N` repeats one run.
 */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packageRoot } from '../../src/runtime/package-root.ts';

const { values, positionals: names } = parseArgs({
  allowPositionals: true,
  options: { long: { type: 'boolean', default: false }, runs: { type: 'string' } },
});
const folder = join(packageRoot(), 'dist', 'test', 'faults', 'scenarios');
const isChosen = (file: string) =>
  file.endsWith('.js') && (names.length === 0 || names.some((name) => file.includes(name)));
const files = readdirSync(folder).filter(isChosen);
if (files.length === 0) {
  console.error(`There is no scenario named ${names.join(' or ')} in test/faults/scenarios.`);
  process.exit(64);
}
const config = join('test', 'faults', 'ava.config.js');
const command = [
  join('node_modules', 'ava', 'entrypoints', 'cli.mjs'),
  '--config',
  config,
  ...files.map((file) => join(folder, file)),
];
const env = {
  ...process.env,
  ...(values.long && { LIMEN_FAULTS_LONG: '1' }),
  ...(values.runs !== undefined && { LIMEN_FAULTS_RUNS: values.runs }),
};
const child = spawn(process.execPath, command, { cwd: packageRoot(), env, stdio: 'inherit' });
child.once('exit', (code) => process.exit(code ?? 1));
