import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { openHubStore } from '../../src/hub/hub-store.ts';
import { freshKeys } from '../support/keys.ts';
import { brokerOf, startHub, startTerminal } from '../support/site.ts';
import { mountSmallDisk } from '../support/small-disk.ts';
import { temporaryFolder, until } from '../support/sync.ts';

test('a full disk under the books is named; nothing that came meanwhile is lost or acknowledged too early', async (t) => {
  const folder = await temporaryFolder(t);
  if (!mountSmallDisk(t, folder, 8192)) return;
  const broker = await brokerOf(t, 'aedes 3.1.1');
  if (broker === null) return;
  await broker.start();
  const keys = await freshKeys(t);
  const store = await openHubStore(join(folder, 'hub.db'));
  t.teardown(() => store.close());
  const { enrol, hub, notices } = await startHub(t, { broker, keys, store });
  const { journal, uplink } = await startTerminal(t, { broker, keys });
  await enrol('ada');

  const ballast = join(folder, 'ballast');
  const { bavail, bsize } = statfsSync(folder);
  writeFileSync(ballast, Buffer.alloc(bavail * bsize));
  await t.throwsAsync(enrol('bob'), { code: 'disk.full', message: /hub\.db cannot be written/ });
  const last = journal.append({ kind: 'clock.stepped', body: { byMs: 1 } });
  uplink.wake();
  await until(() => notices.some(({ code }) => code === 'disk.full'));
  t.true(journal.acknowledgedSeq < last.seq);

  rmSync(ballast);
  await until(() => journal.acknowledgedSeq === last.seq);
  await enrol('bob');
  t.deepEqual(
    (await hub.people()).map(({ id }) => id),
    ['ada', 'bob'],
  );
});
