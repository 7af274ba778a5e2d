import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LimenError } from '../../src/domain/errors.ts';
import { packageRoot } from '../../src/runtime/package-root.ts';

const source = join(packageRoot(), 'test/hil/image');

/**
 * Makes sure that `folder` holds what the test machine boots from. Built once, and again when its sources or this Node
 * have changed.
 *
 * @throws LimenError `usage.invalid` where it cannot be built, having printed why.
 */
export function requireImage(folder: string): void {
  const stampFile = join(folder, 'stamp');
  const stamp = stampOf();
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  const { status } = spawnSync(join(source, 'build.sh'), [folder, process.execPath], { stdio: 'inherit' });
  if (status !== 0) {
    throw new LimenError('usage.invalid', 'The test machine could not be made.', {
      hint: 'It needs Debian 12 on x64 with its package sources, and root: docs/testing.md.',
    });
  }
  writeFileSync(stampFile, stamp);
}

function stampOf(): string {
  const hash = createHash('sha256').update(process.version);
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).sort();
  for (const file of files.map((name) => join(source, name))) {
    if (statSync(file).isFile()) hash.update(file).update(readFileSync(file));
  }
  return hash.digest('hex');
}
