import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { LimenError } from '../../src/domain/errors.ts';
import { packageRoot } from '../../src/runtime/package-root.ts';

/**
 * Makes sure that `folder` holds what the test machine boots from. Built once, and again when its sources or this Node
 * have changed.
 *
 * @throws LimenError `usage.invalid` where it cannot be built, having printed why.
 */
export function requireImage(folder: string): void {
  const build = join(packageRoot(), 'test/hil/image/build.sh');
  if (spawnSync(build, [folder, process.execPath], { stdio: 'inherit' }).status === 0) return;
  throw new LimenError('usage.invalid', 'The test machine could not be made.', {
    hint: 'It needs Debian 12 on x64 with its package sources, and root: docs/testing.md.',
  });
}
