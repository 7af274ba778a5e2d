/** Argument: a door's configuration as JSON. Opens that door as the daemon does, unlocks it, says "open" and stays. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openConfiguredDoor } from '../../../src/compose.ts';
import { doorSchema } from '../../../src/config/schema.ts';
import { isLimenError } from '../../../src/domain/errors.ts';
import { systemClock } from '../../../src/runtime/clock.ts';

const dataFolder = mkdtempSync(join(tmpdir(), 'limen-hil-'));
const config = doorSchema.parse(JSON.parse(process.argv[2]!));
try {
  const door = await openConfiguredDoor(config, { dataFolder, report: () => {}, clock: systemClock });
  await door.unlock({ cause: 'test', personId: null });
  console.log('open');
} catch (error) {
  console.log(isLimenError(error) ? error.code : String(error));
  process.exit(1);
}
