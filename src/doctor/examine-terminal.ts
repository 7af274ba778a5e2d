import { join } from 'node:path';
import { policyFor } from '../access/policy.ts';
import { loadRecognition, lockServiceOf, readStoredGallery } from '../compose.ts';
import type { TerminalConfig } from '../config/schema.ts';
import { Gallery } from '../gallery/gallery.ts';
import { projectSnapshot } from '../gallery/projected.ts';
import { openJournalReader } from '../journal/sqlite-reader.ts';
import { isThere } from '../runtime/is-there.ts';
import { readSecretFile } from '../runtime/secrets.ts';
import { readProvisioned } from '../sync/provisioned-file.ts';
import { type Provisioning, parseProvisioning } from '../sync/provisioning.ts';
import { brokerOf } from '../terminal-sync.ts';
import { examineBroker } from './examine-broker.ts';
import { examineDataFolder } from './examine-data-folder.ts';
import { examineLock } from './examine-lock.ts';
import { checked, type Finding, ok, warn } from './finding.ts';

/** Look at what one terminal needs: its lock process, its keys, its data folder, its gallery, its journal, its broker. */
export async function examineTerminal(config: TerminalConfig): Promise<Finding[]> {
  const { door, dataFolder } = config;
  const document = await provisioned(config).catch(() => null);
  return [
    ...(door === undefined ? [] : await checked('lock', () => examineLock(door, lockServiceOf(door, dataFolder)))),
    ...(await checked('keys', async () => keys(await provisioned(config)))),
    ...(await checked('data', () => examineDataFolder(dataFolder))),
    ...(await checked('gallery', () => gallery(config))),
    ...(await checked('journal', () => journal(config))),
    ...(document === null
      ? [warn('broker', 'none without a hub: the gallery never changes')]
      : await checked('broker', () => examineBroker(brokerOf(config, { document })))),
  ];
}

/** What the next start will go by: nothing is put into place here. */
async function provisioned(config: TerminalConfig): Promise<Provisioning | null> {
  const present = await readProvisioned(config);
  if (present !== null || config.provisioning === undefined) return present;
  return parseProvisioning(readSecretFile(config.provisioning), config.provisioning);
}

function keys(document: Provisioning | null): Finding {
  const says = 'this terminal was not provisioned: it works alone, on the gallery it has';
  if (document === null)
    return warn('keys', says, 'On the hub: limen hub provision TERMINAL; then here: limen provision FILE');
  return ok('keys', `${document.terminal} of ${document.site}, provisioned ${document.issuedAt}`);
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
