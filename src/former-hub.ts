import { mkdir, readdir, rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { galleryFileIn } from './compose.ts';
import { formerHubNoteIn, type LeftByHub } from './former-hub-note.ts';
import { openDataFolder } from './runtime/data-folder.ts';
import { syncFolder, writeDurable, writeFailure } from './runtime/durable-file.ts';
import { giveToOwner } from './runtime/give-to-owner.ts';
import { galleryAgeFileIn } from './sync/gallery-freshness.ts';
import { rosterFileIn } from './sync/roster-replica.ts';
import { rulesFilesIn } from './terminal-access.ts';

/**
 * Put aside what a terminal has of its hub (gallery, rules, the list of terminals, and how old they are), every
 * generation of it, because another hub takes that one's place: a terminal never goes from one history to another by
 * itself. Nothing is deleted. The daemon must not run: it would go on with what it has in memory, and write it again.
 *
 * @throws LimenError `data-folder.in-use`, `file.unwritable`, `disk.full`.
 */
export async function setFormerHubAside(dataFolder: string, now: Date): Promise<LeftByHub> {
  using held = openDataFolder(dataFolder);
  await giveToOwner(held.file('daemon.lock'));
  const folder = join(dataFolder, `former-hub-${now.toISOString().replaceAll(':', '-')}`);
  const paths = [galleryFileIn, galleryAgeFileIn, rosterFileIn].map((fileIn) => fileIn(dataFolder));
  const stems = [...paths, ...rulesFilesIn(dataFolder)].map((path) => basename(path));
  const names = (await readdir(dataFolder)).sort();
  const files = names.filter((name) => stems.some((stem) => name === stem || name.startsWith(`${stem}.`)));
  try {
    if (files.length > 0) await mkdir(folder, { mode: 0o700 });
    for (const name of files) await rename(join(dataFolder, name), join(folder, name));
    if (files.length > 0) await syncFolder(folder);
    await syncFolder(dataFolder);
  } catch (error) {
    throw writeFailure(folder, error);
  }
  const left: LeftByHub = { folder: files.length > 0 ? folder : null, files };
  const note = formerHubNoteIn(dataFolder);
  await writeDurable(note, JSON.stringify(left), { keepPrevious: false });
  await giveToOwner(note);
  if (left.folder !== null) await giveToOwner(left.folder);
  return left;
}
