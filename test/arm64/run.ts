/**
 * `npm run test:arm64`: limen as it is installed on arm64, under user-mode emulation: Node and every native part are the
 * binaries such a machine gets. What it is not: an arm64 kernel, its GPIO and its cameras, or a measure of speed.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/runtime/package-root.ts';
import { makeSite, sysroot } from './site.ts';

const packages = 'qemu-user-static libc6-arm64-cross libstdc++6-arm64-cross libgcc-s1-arm64-cross';
const hasEmulator = spawnSync('qemu-aarch64-static', ['--version'], { stdio: 'ignore' }).status === 0;
const hasLibraries = existsSync(join(sysroot, 'lib/libstdc++.so.6'));
if (!hasEmulator || !hasLibraries) {
  console.error(`This needs an emulator and the libraries of arm64: apt-get install ${packages}`);
  process.exit(69);
}

const started = performance.now();
const seconds = () => ((performance.now() - started) / 1000).toFixed(0);
makeSite();
console.log(`  installed for arm64 after ${seconds()} s`);
const ava = ['node_modules/ava/entrypoints/cli.mjs', '--config', 'test/arm64/ava.config.js', ...process.argv.slice(2)];
const { status } = spawnSync(process.execPath, ava, { cwd: packageRoot(), stdio: 'inherit' });
console.log(`  ${seconds()} s`);
process.exitCode = status ?? 1;
