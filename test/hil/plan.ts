import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { packageRoot } from '../../src/runtime/package-root.ts';

/** What one machine does: files of tests, in the build, and then perhaps the power cut. */
export interface Work {
  readonly files: readonly string[];
  readonly powerCut: boolean;
}

const inBuild = 'dist/test/hil';

/**
 * Two machines; each runs its scenarios in one process, since an emulated Node takes seconds to start. With `only`, one
 * machine, with what has that in its name.
 */
export function planned(only: string | undefined): readonly Work[] {
  if (only === undefined) {
    return [
      { files: [`${inBuild}/machines/lines.js`], powerCut: true },
      { files: [`${inBuild}/machines/terminal.js`], powerCut: false },
    ];
  }
  const built = ['machines', 'scenarios'].flatMap((part) =>
    readdirSync(join(packageRoot(), inBuild, part)).map((name) => `${inBuild}/${part}/${name}`),
  );
  const all = ['dist/test/gpio/gpiochip.test.js', 'dist/test/gpio/onoff.test.js', ...built];
  const files = all.filter((file) => file.endsWith('.js') && basename(file).includes(only));
  return [{ files, powerCut: 'power-cut'.includes(only) }];
}

/** Work as words of the kernel's command line. */
export function wordsOf({ files, powerCut }: Work): string {
  return `hil.files=${files.join()} hil.power-cut=${powerCut}`;
}

/** Work as the guest finds it there. */
export function workIn(commandLine: string): Work {
  const files = / hil\.files=(\S+)/.exec(commandLine)?.[1]?.split(',') ?? [];
  return { files, powerCut: / hil\.power-cut=true/.test(commandLine) };
}
