import { join } from 'node:path';
import { z } from 'zod';
import { isLimenError, LimenError } from '../domain/errors.ts';
import { readDurable, removeDurable, writeDurable } from '../runtime/durable-file.ts';
import { commandIdSchema } from './command-messages.ts';
import { privateAgreementJwk, privateSigningJwk } from './keys.ts';

const nextKeysSchema = z.strictObject({
  format: z.literal(1),
  /** `x` of the signing key whose place they take: beside any other they are of no use. */
  after: z.string(),
  /** Id of the newest `rotate` that asked for them. */
  command: commandIdSchema,
  signing: privateSigningJwk,
  agreement: privateAgreementJwk,
});
/** Keys that a terminal has made for itself and does not use before its hub has them in its books. */
export type NextKeys = z.infer<typeof nextKeysSchema>;

/** Where they wait: beside the file of the keys in use, which an older limen can still read. */
export function nextKeysFileIn(dataFolder: string): string {
  return join(dataFolder, 'terminal-next.limen');
}

/**
 * `null` for none, and for a damaged file: the keys in use are good until the hub hears the next ones, and another
 * `rotate` makes others.
 *
 * @throws LimenError `file.unreadable`.
 */
export async function readNextKeys(file: string): Promise<NextKeys | null> {
  try {
    return (await readDurable(file, decode))?.value ?? null;
  } catch (error) {
    if (isLimenError(error, 'file.corrupt')) return null;
    throw error;
  }
}

/** Durable when it resolves. @throws LimenError `disk.full`, `file.unwritable`. */
export function writeNextKeys(file: string, keys: NextKeys): Promise<void> {
  return writeDurable(file, `${JSON.stringify(keys, null, 2)}\n`, { keepPrevious: false });
}

/** @throws LimenError `file.unwritable`. */
export function removeNextKeys(file: string): Promise<void> {
  return removeDurable(file);
}

function decode(bytes: Buffer): NextKeys {
  try {
    return nextKeysSchema.parse(JSON.parse(bytes.toString('utf8')));
  } catch (cause) {
    throw new LimenError('file.corrupt', 'The next keys on this disk are damaged.', { cause });
  }
}
