import { createRequire } from 'node:module';
import { LimenError, messageOf, systemCodeOf } from '../domain/errors.ts';

/** The part of npm's `onoff` that a lock needs, in our own words: its types are absent where it could not be built. */
export interface Gpio {
  readSync(): 0 | 1;
  writeSync(level: 0 | 1): void;
  direction(): string;
  activeLow(): boolean;
}

/** `new Gpio(global number, 'low' | 'high', …)`: an output that starts at that level. */
export type GpioConstructor = new (gpio: number, direction: 'low' | 'high', options: { activeLow: boolean }) => Gpio;

/**
 * Load the optional dependency `onoff`, whose native part is compiled at install time.
 *
 * @throws LimenError `door.driver-missing`, telling apart "not installed" from "built for another Node".
 */
export async function loadOnoff(): Promise<GpioConstructor> {
  try {
    return createRequire(import.meta.url)('onoff').Gpio;
  } catch (cause) {
    if (systemCodeOf(cause) === 'MODULE_NOT_FOUND') {
      throw new LimenError('door.driver-missing', 'The GPIO driver "onoff" is not installed.', {
        hint: 'Its native part needs a compiler: apt install build-essential python3, then npm install onoff.',
        cause,
      });
    }
    throw new LimenError('door.driver-missing', `The GPIO driver "onoff" does not load: ${messageOf(cause)}`, {
      hint: 'It was built for another Node version or machine: run npm rebuild epoll.',
      cause,
    });
  }
}
