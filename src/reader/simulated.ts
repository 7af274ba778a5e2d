import { open, stat, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Reader } from './reader.ts';
import { LineSplitter } from './split-lines.ts';
import { readerFailure } from './stream-lines.ts';

const lookEveryMs = 100;

/** A reader that exists as a file only: a line appended to it is a card held up, `echo "card 4711" >> file`. */
export function simulatedReader({ file }: { readonly file: string }): Reader {
  const name = `simulated ${file}`;
  return {
    name,
    async *lines(signal) {
      const splitter = new LineSplitter();
      let read = await prepared(file, name);
      while (!signal.aborted) {
        const { bytes, end } = await after(file, read).catch((error) => {
          throw readerFailure(name, error);
        });
        read = end;
        yield* splitter.push(bytes);
        await delay(lookEveryMs, undefined, { signal }).catch(() => {});
      }
    },
  };
}

/** Where the file ends now: what was there before is not played. */
async function prepared(file: string, name: string): Promise<number> {
  try {
    await writeFile(file, '', { flag: 'a', mode: 0o600 });
    return (await stat(file)).size;
  } catch (error) {
    throw readerFailure(name, error);
  }
}

async function after(file: string, read: number): Promise<{ bytes: Uint8Array; end: number }> {
  const { size } = await stat(file);
  // A file that was emptied starts over.
  const from = size < read ? 0 : read;
  if (size === from) return { bytes: new Uint8Array(), end: size };
  const handle = await open(file, 'r');
  try {
    const bytes = Buffer.alloc(Math.min(size - from, 65_536));
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, from);
    return { bytes: bytes.subarray(0, bytesRead), end: from + bytesRead };
  } finally {
    await handle.close();
  }
}
