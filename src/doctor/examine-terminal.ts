import { join } from 'node:path';
import { policyFor } from '../access/policy.ts';
import { loadRecognition, lockServiceOf, readStoredGallery } from '../compose.ts';
import type { TerminalConfig } from '../config/schema.ts';
import { Gallery } from '../gallery/gallery.ts';
import { projectSnapshot } from '../gallery/projected.ts';
import { openJournalReader } from '../journal/sqlite-reader.ts';
import { isThere } from '../runtime/is-there.ts';
import { readTerminalKeys } from '../sync/keys.ts';
import { examineBroker } from './examine-broker.ts';
import { examineDataFolder } from './examine-data-folder.ts';
import { examineLock } from './examine-lock.ts';
import { checked, type Finding, ok, warn } from './finding.ts';

/** Look at what one terminal needs: its lock process, its keys, its data folder, its gallery, its journal, its broker. */
export async function examineTerminal(config: TerminalConfig): Promise<Finding[]> {
  const { broker, door, dataFolder } = config;
  return [
    ...(door === undefined ? [] : await checked('lock', () => examineLock(door, lockServiceOf(door, dataFolder)))),
    ...(await checked('keys', async () => {
      await readTerminalKeys(config.keys);
      return ok('keys', 'the site key and the key of the hub can be read');
    })),
    ...(await checked('data', () => examineDataFolder(dataFolder))),
    ...(await checked('gallery', () => gallery(config))),
    ...(await checked('journal', () => journal(config))),
    ...(broker === undefined
      ? [warn('broker', 'none is configured: the gallery never changes')]
      : await checked('broker', () => examineBroker(broker))),
  ];
}

async function gallery({ dataFolder, recognition }: TerminalConfig): Promise<Finding[]> {
  const stored = await readStoredGallery(dataFolder);
  if (stored === null) return [warn('gallery', 'none yet', 'It comes from the hub: run the hub, then the terminal.')];
  const { version, people } = stored.snapshot;
  const says = `version ${version}, ${people.length} people`;
  const { pack, projection } = await loadRecognition(recognition);
  const inForce = Gallery.from(projectSnapshot(projection, stored.snapshot));
  const { shortfall } = policyFor(inForce, pack.calibration, recognition).threshold;
  return [
    stored.recoveredFrom === null
      ? ok('gallery', says)
      : warn('gallery', `${says}, from the generation before: ${stored.recoveredFrom.reason}`),
    ...(shortfall === null ? [] : [warn('threshold', shortfall.message, shortfall.hint)]),
  ];
}

function journal({ dataFolder }: TerminalConfig): Finding {
  const file = join(dataFolder, 'journal.db');
  if (!isThere(file)) return ok('journal', 'none yet; it begins with the first start');
  const reader = openJournalReader(file);
  try {
    const waiting = reader.lastSeq - reader.acknowledgedSeq;
    return ok('journal', `${reader.lastSeq} events so far, ${waiting} not yet at the hub`);
  } finally {
    reader.close();
  }
}
