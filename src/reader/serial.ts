import { constants, createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { execa } from 'execa';
import type { Reader } from './reader.ts';
import { readerFailure, streamLines } from './stream-lines.ts';

/** A reader on a serial line. */
export interface SerialOptions {
  readonly device: string;
  readonly baud: number;
}

/**
 * Lines from a terminal device. `stty` sets it: raw, so that the kernel neither waits for a line of its own nor echoes
 * the reader's words back to it.
 */
export function serialReader({ device, baud }: SerialOptions): Reader {
  const name = `serial ${device}`;
  return {
    name,
    async *lines(signal) {
      // Opened without becoming its controlling terminal, and without waiting for a carrier that a reader never has.
      const flags = constants.O_RDONLY | constants.O_NOCTTY | constants.O_NONBLOCK;
      const handle = await open(device, flags).catch((error) => {
        throw readerFailure(name, error);
      });
      try {
        await execa('stty', ['-F', device, String(baud), 'raw', '-echo', 'clocal', 'min', '1', 'time', '0']);
      } catch (error) {
        await handle.close();
        throw readerFailure(name, error);
      }
      await handle.close();
      yield* streamLines(createReadStream(device, { flags: 'r' }), name, signal);
    },
  };
}
