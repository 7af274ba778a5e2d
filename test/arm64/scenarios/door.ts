import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { execa } from 'execa';
import { simulatedLevelFile } from '../../../src/compose.ts';
import { temporaryFolders } from '../../support/folders.ts';
import { until } from '../../support/wait.ts';
import { nodeOfSite, siteFolder } from '../site.ts';

const newFolder = temporaryFolders(test);

test('the lock process opens, ends a pulse by itself, and comes to rest when the daemon is killed mid-pulse', async (t) => {
  const folder = newFolder();
  const child = join(siteFolder, 'dist/test/arm64/children/door.js');
  const { stdout, signal, stderr } = await execa(nodeOfSite, [child, folder], { reject: false });
  t.is(signal, 'SIGKILL', stderr);
  const { name, levels } = JSON.parse(stdout);
  t.regex(name, /^simulated .*fail-secure$/);
  t.deepEqual(levels, ['0', '1', '0', '1', '0', '1']);
  await until(() => readFileSync(simulatedLevelFile(folder), 'utf8') === '0');
});
