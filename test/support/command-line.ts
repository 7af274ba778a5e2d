import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { execa } from 'execa';
import { packageRoot } from '../../src/runtime/package-root.ts';

/** The built command line, as an installed `limen` starts it. */
export const limenFile = join(packageRoot(), 'dist/src/main.js');

/** What one command left behind. */
export interface Ended {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Run one limen command to its end. */
export async function limen(...args: string[]): Promise<Ended> {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [limenFile, ...args], {
    reject: false,
    env: { NO_COLOR: '1', FORCE_COLOR: undefined },
  });
  return { exitCode, stdout, stderr };
}

/** How limen fails: this exit code, one sentence with its error code, and the mend; nothing else, and no stack trace. */
export function refuses(t: ExecutionContext, ended: Ended, exitCode: number, code: string): void {
  t.is(ended.exitCode, exitCode, ended.stderr);
  const [sentence, mend, ...more] = ended.stderr.split('\n');
  t.true(sentence?.startsWith('limen: ') && sentence.endsWith(`[${code}]`), ended.stderr);
  t.regex(mend ?? '', /^mend: {2}\S/);
  t.deepEqual(more, []);
  t.is(ended.stdout, '');
}

/** A numeric array long enough to be a template anywhere inside `value`. */
export function holdsTemplate(value: unknown): boolean {
  if (Array.isArray(value) && value.length >= 100 && value.every((item) => typeof item === 'number')) return true;
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(holdsTemplate);
}
