import { join } from 'node:path';
import { execa } from 'execa';
import { packageRoot } from '../../src/runtime/package-root.ts';
import { nodeOfSite, siteFolder } from './site.ts';

/** Generous: a loaded machine emulates at a twentieth of its speed. */
const patienceMs = 580_000;

/** Run a script of `children/` emulated. Returns what it printed in its last line. @throws when it fails. */
export function emulated<T>(child: string, ...args: string[]): Promise<T> {
  return lastWordsOf(nodeOfSite, join(siteFolder, 'dist/test/arm64/children', `${child}.js`), args);
}

/** The same script on this machine. */
export function native<T>(child: string, ...args: string[]): Promise<T> {
  return lastWordsOf(process.execPath, join(packageRoot(), 'dist/test/arm64/children', `${child}.js`), args);
}

/** The `limen` command, emulated. */
export function limen(...args: string[]) {
  return execa(nodeOfSite, [join(siteFolder, 'dist/src/main.js'), ...args], {
    timeout: patienceMs,
    killSignal: 'SIGKILL',
    reject: false,
  });
}

async function lastWordsOf<T>(node: string, script: string, args: readonly string[]): Promise<T> {
  const { stdout } = await execa(node, [script, ...args], { timeout: patienceMs, killSignal: 'SIGKILL' });
  return JSON.parse(stdout.split('\n').at(-1) ?? '') as T;
}
