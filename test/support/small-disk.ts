import { spawnSync } from 'node:child_process';
import type { ExecutionContext } from 'ava';

/**
 * Mount a real, tiny file system on `folder` for the time of a test. False where this user may not mount; the test
 * then logs that and returns, and the file size limit of another test stands in for it.
 */
export function mountSmallDisk(t: ExecutionContext, folder: string, sizeKiB: number): boolean {
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeKiB}k`, 'limen-test', folder]);
  if (status === 0) {
    // Lazily: SQLite's prepared statements keep files open until they are garbage collected.
    t.teardown(() => void spawnSync('umount', ['--lazy', folder]));
    return true;
  }
  t.log(`skipped: this user may not mount a small disk (${stderr?.toString().trim() || 'no mount command'})`);
  t.pass();
  return false;
}
