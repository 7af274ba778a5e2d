/**
 * `npm run test:e2e [-- --screenshots] [NAME…]`: the scenarios of this folder in Debian's Chromium. With names, only those
 * whose file has one of them in its name; `--screenshots` writes the pictures of docs/screens anew.
 */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/runtime/package-root.ts';

const args = process.argv.slice(2);
const names = args.filter((arg) => !arg.startsWith('--'));
const folder = join(packageRoot(), 'dist', 'test', 'e2e', 'scenarios');
const isChosen = (file: string) =>
  file.endsWith('.js') && (names.length === 0 || names.some((name) => file.includes(name)));
const files = readdirSync(folder).filter(isChosen);
if (files.length === 0) {
  console.error(`There is no scenario named ${names.join(' or ')} in test/e2e/scenarios.`);
  process.exit(64);
}
const command = [
  join('node_modules', 'ava', 'entrypoints', 'cli.mjs'),
  ...['--config', join('test', 'e2e', 'ava.config.js')],
  ...files.map((file) => join(folder, file)),
];
const env = { ...process.env, ...(args.includes('--screenshots') && { LIMEN_SCREENSHOTS: 'docs/screens' }) };
const child = spawn(process.execPath, command, { cwd: packageRoot(), env, stdio: 'inherit' });
child.once('exit', (code) => process.exit(code ?? 1));
