import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestFn } from 'ava';

/** Fresh folders for one test file, removed when it is done. */
export function temporaryFolders(test: TestFn): () => string {
  const made: string[] = [];
  test.after.always(() => {
    for (const folder of made) rmSync(folder, { recursive: true, force: true });
  });
  return () => {
    const folder = mkdtempSync(join(tmpdir(), 'limen-test-'));
    made.push(folder);
    return folder;
  };
}
