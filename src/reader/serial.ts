import { execa } from 'execa';
import { deviceBytes } from './device-bytes.ts';
import type { Reader } from './reader.ts';
import { LineSplitter } from './split-lines.ts';
import { readerFailure } from './stream-lines.ts';

/** A reader on a serial line. */
export interface SerialOptions {
  readonly device: string;
  readonly baud: number;
}

/**
 * Lines from a terminal device. `stty` sets it: raw, so that the kernel neither waits for a line of its own nor echoes
 * the reader's words back to it; without a carrier, which no reader has.
 */
export function serialReader({ device, baud }: SerialOptions): Reader {
  const name = `serial ${device}`;
  return {
    name,
    async *lines(signal) {
      const splitter = new LineSplitter();
      await execa('stty', ['-F', device, String(baud), 'raw', '-echo', 'clocal']).catch((error) => {
        const missing = /No such (file|device)/.test(String(error.stderr));
        throw readerFailure(name, missing ? Object.assign(error, { code: 'ENOENT' }) : error);
      });
      for await (const bytes of deviceBytes(device, name, signal)) yield* splitter.push(bytes);
    },
  };
}
