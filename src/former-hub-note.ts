import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { systemCodeOf } from './domain/errors.ts';

const leftSchema = z.strictObject({ folder: z.string().nullable(), files: z.array(z.string()) });

/** What a former hub has left at a terminal: in which folder it is now, and which files. */
export type LeftByHub = z.infer<typeof leftSchema>;

/** Where it is said until the daemon has it in its journal. */
export function formerHubNoteIn(dataFolder: string): string {
  return join(dataFolder, 'former-hub.json');
}

/**
 * Hand on, once, that another hub has taken the place of the one before: for the journal, from which a terminal knows
 * that it has had rules of a hub and must not do without. One that cannot be read says as much.
 */
export function takeFormerHub(dataFolder: string, note: (left: LeftByHub) => void): void {
  const file = formerHubNoteIn(dataFolder);
  const left = read(file);
  if (left === null) return;
  note(left);
  rmSync(file, { force: true });
}

function read(file: string): LeftByHub | null {
  try {
    return leftSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    return systemCodeOf(error) === 'ENOENT' ? null : { folder: null, files: [] };
  }
}
