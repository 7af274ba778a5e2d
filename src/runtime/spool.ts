import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { writeDurable, writeFailure } from './durable-file.ts';

/** What is made piece by piece, and must not be in memory as a whole. */
export type Pieces = AsyncIterable<string | Uint8Array>;

/**
 * Write a file piece by piece, for nobody else to read. What ends it midway leaves whatever was there before.
 *
 * @throws LimenError `disk.full` or `file.unwritable`, and what the pieces throw.
 */
export async function writeWhole(path: string, pieces: Pieces): Promise<void> {
  const made = watched(pieces);
  await writeDurable(path, made, { keepPrevious: false }).catch((error) => {
    throw made.failure === null ? error : made.failure.error;
  });
}

/**
 * Everything that is made piece by piece, to be sent once it is whole: in between it is on the disk, in a file without a
 * name that is gone with the stream, or the process.
 *
 * @throws LimenError `disk.full` or `file.unwritable`, and what the pieces throw.
 */
export async function spooled(pieces: Pieces): Promise<Readable> {
  const made = watched(pieces);
  const folder = await mkdtemp(join(tmpdir(), 'limen-')).catch((error) => {
    throw writeFailure(tmpdir(), error);
  });
  const file = await open(join(folder, 'spool'), 'wx+', 0o600);
  await rm(folder, { recursive: true });
  try {
    await writeFile(file, made);
  } catch (error) {
    await file.close();
    throw made.failure === null ? writeFailure(folder, error) : made.failure.error;
  }
  return file.createReadStream({ start: 0 });
}

/** The pieces, and what ended them: a report that cannot be made is no disk that cannot be written. */
function watched(pieces: Pieces): Pieces & { readonly failure: { readonly error: unknown } | null } {
  let failure: { readonly error: unknown } | null = null;
  return {
    get failure() {
      return failure;
    },
    async *[Symbol.asyncIterator]() {
      try {
        yield* pieces;
      } catch (error) {
        failure = { error };
        throw error;
      }
    },
  };
}
