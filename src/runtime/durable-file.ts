import { link, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isLimenError, LimenError, messageOf, systemCodeOf } from '../domain/errors.ts';
import { isOutOfSpace } from './out-of-space.ts';

/** Where the generation before the present one is kept. */
export function previousOf(path: string): string {
  return `${path}.previous`;
}

export interface WriteOptions {
  /**
   * Keep what is there now as the previous generation. Say `false` when what is there is known to be damaged,
   * so that it does not push out the last good one. Default `true`.
   */
  readonly keepPrevious?: boolean;
  /** Who may read it, whatever the umask says. Default 0600: the owner. */
  readonly mode?: number;
}

/** What a file is to hold: in one piece, or one piece after another as they are written. */
export type DurableContent = string | Uint8Array | Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;

/**
 * Replace a file so that a power cut at any moment leaves either the old or the new content, whole.
 * Durable when it returns. One writer per path at a time.
 *
 * The order is the promise: ext4 and f2fs may write a rename to the disk before the data it points to, and a rename
 * is only durable once its directory is.
 *
 * @throws LimenError `disk.full` or `file.unwritable`; the file is then as it was.
 */
export async function writeDurable(path: string, data: DurableContent, options: WriteOptions = {}): Promise<void> {
  const next = `${path}.new`;
  try {
    await writeSynced(next, data, options.mode ?? 0o600);
    if (options.keepPrevious ?? true) await keepGeneration(path);
    await rename(next, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(next, { force: true }).catch(() => {});
    throw writeFailure(path, error);
  }
}

/** Where durable files are: this machine's disk, or a simulated one. */
export interface DurableFiles {
  write(path: string, data: string | Uint8Array, options?: WriteOptions): Promise<void>;
  read<T>(path: string, decode: (bytes: Buffer) => T): Promise<Generation<T> | null>;
}

/** The machine's own disk, by {@link writeDurable} and {@link readDurable}. */
export const durableFiles: DurableFiles = { write: writeDurable, read: readDurable };

/**
 * Leave no earlier generation of a file, because something in it must be forgotten: call it before the write that no
 * longer has it, and write twice for two generations again.
 *
 * @throws LimenError `file.unwritable`.
 */
export async function forgetGeneration(path: string): Promise<void> {
  try {
    for (const name of [previousOf(path), `${path}.previous.new`, `${path}.new`]) await rm(name, { force: true });
    await syncFolder(dirname(path));
  } catch (error) {
    throw writeFailure(path, error);
  }
}

/**
 * Leave nothing of a file that {@link writeDurable} wrote. The generation before goes first, durably: it must not be
 * taken for the last one.
 *
 * @throws LimenError `file.unwritable`.
 */
export async function removeDurable(path: string): Promise<void> {
  await forgetGeneration(path);
  try {
    await rm(path, { force: true });
    await syncFolder(dirname(path));
  } catch (error) {
    throw writeFailure(path, error);
  }
}

/** What was read, and why an older generation had to stand in, if it had to. */
export interface Generation<T> {
  readonly value: T;
  readonly fault: LimenError | null;
}

/**
 * Read what {@link writeDurable} wrote. `decode` throws a LimenError for content it cannot use; then the previous
 * generation is tried. Content of a newer version is not damage: that error goes straight to the caller, because an
 * older generation would silently undo what the newer limen did. `null` when nothing was ever written.
 *
 * @throws LimenError the first generation's error when no generation can be used; `file.newer-version`;
 *   `file.unreadable` when permissions are in the way.
 */
export async function readDurable<T>(path: string, decode: (bytes: Buffer) => T): Promise<Generation<T> | null> {
  const current = await attempt(path, decode);
  if (current.kind === 'value') return { value: current.value, fault: null };
  const previous = await attempt(previousOf(path), decode);
  if (previous.kind === 'value') {
    const missing = new LimenError('file.corrupt', `${path} is missing, though ${previousOf(path)} is there.`);
    return { value: previous.value, fault: current.fault ?? missing };
  }
  const fault = current.fault ?? previous.fault;
  if (fault === null) return null;
  const neither = previous.fault === null ? 'There is no earlier generation.' : 'The earlier generation is no better.';
  throw new LimenError(fault.code, `${fault.message} ${neither}`, { hint: fault.hint, cause: fault });
}

type Attempt<T> = { kind: 'value'; value: T; fault: null } | { kind: 'none'; fault: LimenError | null };

async function attempt<T>(path: string, decode: (bytes: Buffer) => T): Promise<Attempt<T>> {
  try {
    return { kind: 'value', value: decode(await readFile(path)), fault: null };
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return { kind: 'none', fault: null };
    if (isLimenError(error) && error.code !== 'file.newer-version') return { kind: 'none', fault: error };
    if (isLimenError(error)) throw error;
    // A worn SD card answers EIO for the sectors it has lost; the previous generation lies on others.
    if (systemCodeOf(error) === 'EIO') {
      return { kind: 'none', fault: new LimenError('file.corrupt', `${path} lies on a damaged part of the disk.`) };
    }
    throw new LimenError('file.unreadable', `${path} cannot be read: ${messageOf(error)}.`, {
      hint: 'Run limen as the user that owns its data folder, or give the files back to it with chown.',
      cause: error,
    });
  }
}

async function writeSynced(path: string, data: DurableContent, mode: number): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await writeFile(file, data);
    await file.chmod(mode);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A second name for the present content, so that there is no moment without a current file. */
async function keepGeneration(path: string): Promise<void> {
  const aside = `${path}.previous.new`;
  await rm(aside, { force: true });
  try {
    await link(path, aside);
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return;
    throw error;
  }
  await rename(aside, previousOf(path));
}

/** Make the names in a folder durable. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** The LimenError for a write that the system refused: `disk.full` or `file.unwritable`. */
export function writeFailure(path: string, error: unknown): LimenError {
  if (isLimenError(error)) return error;
  if (isOutOfSpace(error)) {
    const code = systemCodeOf(error);
    return new LimenError('disk.full', `${path} cannot be written: there is no space left for it (${code}).`, {
      hint: 'Free some space on this disk: "df -h" and "journalctl --disk-usage" show where it went.',
      cause: error,
    });
  }
  return new LimenError('file.unwritable', `${path} cannot be written: ${messageOf(error)}.`, {
    hint: 'Check that the folder exists, belongs to the user limen runs as, and is not mounted read-only.',
    cause: error,
  });
}
