import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { execa } from 'execa';
import { readerFailure } from './stream-lines.ts';

/**
 * What a character device gives, as it comes. Through `cat`, in a process of its own: a read in this one that waits for
 * somebody to hold up a card would keep one of the four threads that PINs are checked in, and keep limen from ending.
 *
 * @throws LimenError `reader.missing`, `reader.failed`.
 */
export async function* deviceBytes(device: string, name: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    await access(device, constants.R_OK);
    const cat = execa('cat', [device], { cancelSignal: signal, buffer: false, stdin: 'ignore', encoding: 'buffer' });
    for await (const chunk of cat.iterable({ binary: true })) yield chunk;
  } catch (error) {
    if (!signal.aborted) throw readerFailure(name, error);
  }
  if (!signal.aborted) throw readerFailure(name, new Error('it ended'));
}
