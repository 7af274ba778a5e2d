import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { LimenError, messageOf, systemCodeOf } from '../domain/errors.ts';
import { writeFailure } from '../runtime/durable-file.ts';

/** Numbers are set aside in blocks, so that the mark costs one extra sync of the disk per block and not per event. */
export const markBlock = 100;

/**
 * An upper bound of every `seq` this terminal has used, in a file beside the journal. The hub keeps each
 * (terminal, seq) once, so a number used twice would be an event that the hub refuses: a lost punch. When the journal
 * is lost, counting goes on above the mark.
 *
 * One line per block, appended and synced: `<highest seq> <the same number as a check, reversed>`. Appending cannot
 * damage the lines before; a damaged line counts as one block more.
 */
export class SequenceMark {
  readonly #file: string;
  #highest: number;
  readonly #damagedLines: number;

  private constructor(file: string, highest: number, damagedLines: number) {
    this.#file = file;
    this.#highest = highest;
    this.#damagedLines = damagedLines;
  }

  /** @throws LimenError `file.unreadable` when it is there and cannot be read. */
  static read(file: string): SequenceMark {
    const lines = linesOf(file).map(markIn);
    const highest = lines.reduce<number>((most, mark) => Math.max(most, mark ?? 0), 0);
    return new SequenceMark(file, highest, lines.filter((mark) => mark === null).length);
  }

  /** No event with a higher `seq` has ever been durable here. 0 when nothing is known. */
  get bound(): number {
    return this.#highest === 0 ? 0 : this.#highest + this.#damagedLines * markBlock;
  }

  /** At least this many numbers were in use when the last block was begun. */
  get used(): number {
    return Math.max(0, this.#highest - markBlock);
  }

  /**
   * Make sure that `seq` is below the mark before it is used. Durable when it returns.
   *
   * @throws LimenError `disk.full` or `file.unwritable`; `seq` must then not be used.
   */
  cover(seq: number): void {
    if (seq <= this.#highest) return;
    const highest = seq - 1 + markBlock;
    append(this.#file, `\n${highest} ${reversed(highest)}\n`);
    this.#highest = highest;
  }
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return [];
    throw new LimenError('file.unreadable', `${file} cannot be read: ${messageOf(error)}.`, {
      hint: 'Run limen as the user that owns its data folder.',
      cause: error,
    });
  }
}

function markIn(line: string): number | null {
  const [mark, check] = line.split(' ');
  return /^\d{1,15}$/.test(mark!) && check === reversed(mark!) ? Number(mark) : null;
}

function reversed(mark: number | string): string {
  return [...String(mark)].reverse().join('');
}

function append(file: string, text: string): void {
  try {
    syncing(file, 'a', (descriptor) => writeSync(descriptor, text));
    syncing(dirname(file), 'r', () => {});
  } catch (error) {
    throw writeFailure(file, error);
  }
}

/** Open, do, fsync, close. */
export function syncing(path: string, flags: string, write: (descriptor: number) => void): void {
  const descriptor = openSync(path, flags, 0o600);
  try {
    write(descriptor);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
