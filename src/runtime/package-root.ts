import { existsSync, readFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LimenError } from '../domain/errors.ts';

/** The folder that holds limen's package.json, wherever the code runs from (source, build or node_modules). */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name === 'limen') return folder;
    const parent = dirname(folder);
    if (parent === folder) throw new LimenError('internal', 'limen cannot find its own package.json.');
    folder = parent;
  }
}

/** limen's own version, from package.json. */
export function packageVersion(): string {
  return JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')).version;
}

/**
 * The URL of a module beside the caller's, with the caller's own extension, so that a worker or a child process
 * starts the same way from source (`.ts`) and from the build (`.js`).
 *
 * @param callerUrl the caller's `import.meta.url`
 * @param name the sibling's path without extension, for example `./worker`
 */
export function siblingModule(callerUrl: string, name: string): URL {
  return new URL(name + extname(fileURLToPath(callerUrl)), callerUrl);
}
