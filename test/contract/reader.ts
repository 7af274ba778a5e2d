import type { TestFn } from 'ava';
import type { Reader } from '../../src/reader/reader.ts';

/** A reader in a fresh folder, and how somebody uses it. */
export interface ReaderContract {
  readonly name: string;
  readonly open: (folder: string) => Reader;
  /** Resolves when somebody can use it. */
  readonly ready: (folder: string) => Promise<void>;
  readonly type: (folder: string, text: string) => void;
}

/** What every Reader promises. */
export function readerContract(test: TestFn, { name, open, ready, type }: ReaderContract, folder: () => string): void {
  test(`${name}: lines come as they were typed, without their ends, and overlong ones not at all`, async (t) => {
    const place = folder();
    const stop = new AbortController();
    const lines = open(place).lines(stop.signal)[Symbol.asyncIterator]();
    const first = lines.next();
    await ready(place);
    type(place, 'card 4711\r\n\n');
    t.is((await first).value, 'card 4711');
    type(place, `${'9'.repeat(300)}\npin 25`);
    type(place, '80\n');
    t.is((await lines.next()).value, 'pin 2580');
    stop.abort();
    t.true((await lines.next()).done);
  });
}
