import type { Readable } from 'node:stream';
import { LimenError, messageOf, systemCodeOf } from '../domain/errors.ts';
import { LineSplitter } from './split-lines.ts';

/**
 * The lines of a stream that is meant never to end.
 *
 * @param name of the reader, for errors
 * @throws LimenError `reader.missing`, `reader.failed`.
 */
export async function* streamLines(stream: Readable, name: string, signal: AbortSignal): AsyncGenerator<string> {
  const splitter = new LineSplitter();
  const stop = () => stream.destroy();
  signal.addEventListener('abort', stop, { once: true });
  try {
    for await (const chunk of stream) yield* splitter.push(chunk);
  } catch (error) {
    if (!signal.aborted) throw readerFailure(name, error);
  } finally {
    signal.removeEventListener('abort', stop);
    stream.destroy();
  }
  if (!signal.aborted) throw readerFailure(name, new Error('it ended'));
}

/** What the system said about a reader, with its mend. */
export function readerFailure(name: string, error: unknown): LimenError {
  if (error instanceof LimenError) return error;
  const code = systemCodeOf(error);
  if (code === 'ENOENT' || code === 'ENXIO' || code === 'ENODEV') {
    return new LimenError('reader.missing', `The reader ${name} is not there.`, {
      hint: 'Plug it in, and compare access.readers with /dev/serial/by-id and /dev/input/by-id.',
      cause: error,
    });
  }
  const hint =
    code === 'EACCES'
      ? 'Let the user that limen runs as read it: groups dialout for serial lines, input for keyboards.'
      : 'limen tries again; look at the cable and the power of the reader.';
  return new LimenError('reader.failed', `The reader ${name} cannot be read: ${messageOf(error)}.`, {
    hint,
    cause: error,
  });
}
