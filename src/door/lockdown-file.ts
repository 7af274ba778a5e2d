import { isLimenError, LimenError } from '../domain/errors.ts';
import { readDurable, writeDurable } from '../runtime/durable-file.ts';

/** Lockdown as it is kept beyond every restart. */
export interface KeptLockdown {
  /** Why the door is in lockdown; `null` when it is not. */
  readonly cause: string | null;
  /** The file is damaged, so nobody knows: then it is lockdown. */
  readonly fault: LimenError | null;
}

/**
 * What was kept. Fails closed: where the newest generation cannot be read the door stays in lockdown, because the one
 * before it may be from before the lockdown.
 */
export async function readLockdown(file: string): Promise<KeptLockdown> {
  try {
    const kept = await readDurable(file, decode);
    if (kept === null) return { cause: null, fault: null };
    if (kept.fault === null) return { cause: kept.value, fault: null };
    return { cause: 'file-damaged', fault: kept.fault };
  } catch (error) {
    if (!isLimenError(error)) throw error;
    return { cause: 'file-damaged', fault: error };
  }
}

/** Durable when it returns. @throws LimenError `disk.full`, `file.unwritable`. */
export async function keepLockdown(file: string, cause: string | null): Promise<void> {
  await writeDurable(file, `${JSON.stringify({ format: 1, lockdown: cause })}\n`);
}

function decode(bytes: Buffer): string | null {
  try {
    const { format, lockdown } = JSON.parse(bytes.toString('utf8'));
    if (format === 1 && (lockdown === null || typeof lockdown === 'string')) return lockdown;
  } catch {
    // Said below, in our own words.
  }
  throw new LimenError('file.corrupt', 'The file that keeps the lockdown of the door is damaged.', {
    hint: 'The door stays in lockdown; lift it with the key switch or with a command, which writes the file anew.',
  });
}
