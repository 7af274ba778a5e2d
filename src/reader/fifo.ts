import { constants } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { execa } from 'execa';
import { LimenError } from '../domain/errors.ts';
import type { Reader } from './reader.ts';
import { readerFailure, streamLines } from './stream-lines.ts';

/** A named pipe: whatever speaks to a reader that limen does not know writes lines into it. */
export function fifoReader({ pipeFile }: { readonly pipeFile: string }): Reader {
  const name = `fifo ${pipeFile}`;
  return {
    name,
    async *lines(signal) {
      await makePipe(pipeFile, name);
      // Read and write: with a writer of its own the pipe does not end when the last other writer leaves.
      const handle = await open(pipeFile, constants.O_RDWR | constants.O_NONBLOCK).catch((error) => {
        throw readerFailure(name, error);
      });
      try {
        // Through a socket, and so through epoll: a blocking read would keep one of four threads for ever.
        yield* streamLines(new Socket({ fd: handle.fd, readable: true, writable: false }), name, signal);
      } finally {
        await handle.close().catch(() => {});
      }
    },
  };
}

async function makePipe(file: string, name: string): Promise<void> {
  try {
    if (!(await stat(file)).isFIFO()) {
      throw new LimenError('reader.failed', `${file} is there, and is no named pipe.`, {
        hint: 'Remove it, or name another.',
      });
    }
    return;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw readerFailure(name, error);
  }
  await execa('mkfifo', ['-m', '600', file]).catch((error) => {
    throw readerFailure(name, error);
  });
}
