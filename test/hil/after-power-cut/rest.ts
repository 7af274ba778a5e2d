import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { parse } from 'yaml';
import { terminalConfigSchema } from '../../../src/config/schema.ts';
import { openDaemon } from '../../../src/daemon.ts';
import { createLogger } from '../../../src/runtime/logger.ts';
import { closeDoor, configFile, cutDataFolder, wiring } from '../support/limen.ts';
import { cutFile, levelOf } from '../support/machine.ts';

test('the power was cut while the door was open: it is at rest again, and no event is lost', async (t) => {
  closeDoor();
  const before = JSON.parse(readFileSync(cutFile, 'utf8'));
  t.is(before.level, 1);
  const config = terminalConfigSchema.parse(parse(readFileSync(configFile, 'utf8')));
  t.is(config.dataFolder, cutDataFolder);
  const daemon = await openDaemon({ config, log: createLogger({ level: 'error', format: 'json' }) });
  t.is(levelOf(wiring.relay), 0);
  t.is(daemon.journal.verify().brokenAt, null);
  const kept = daemon.journal.after(0, 1000);
  t.true(daemon.journal.lastSeq > before.lastSeq);
  t.true(
    kept.some(({ kind, seq }) => kind === 'door.unlocked' && seq <= before.lastSeq),
    join(cutDataFolder, 'journal.db'),
  );
  await daemon.close('test-ended');
});
