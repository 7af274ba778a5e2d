import { createRequire } from 'node:module';
import { LimenError, messageOf, systemCodeOf } from '../domain/errors.ts';
import type { Level } from './gpio.ts';

/** The part of npm's `onoff` that limen needs, in our own words: its types are absent where it could not be built. */
export interface SysfsLine {
  readSync(): Level;
  writeSync(level: Level): void;
  direction(): string;
  activeLow(): boolean;
  watch(onChange: (error: Error | null | undefined, level: Level) => void): void;
  /** Let go of the line: the kernel makes of it what it likes. */
  unexport(): void;
}

/** `new Gpio(global number, 'low' | 'high', …)`: an output that starts at that level; `'in'` with `'both'`: an input. */
export type SysfsLineConstructor = new (
  gpio: number,
  direction: 'low' | 'high' | 'in',
  ...options: [{ activeLow: boolean }] | ['both', { activeLow: boolean }]
) => SysfsLine;

/**
 * Load the optional dependency `onoff`, whose native part is compiled at install time.
 *
 * @throws LimenError `door.driver-missing`, telling apart "not installed" from "built for another Node".
 */
export async function loadOnoff(): Promise<SysfsLineConstructor> {
  try {
    return createRequire(import.meta.url)('onoff').Gpio;
  } catch (cause) {
    if (systemCodeOf(cause) === 'MODULE_NOT_FOUND') {
      throw new LimenError('door.driver-missing', 'The GPIO driver "onoff" is not installed.', {
        hint:
          'Set door.driver to "gpiochip", which needs no compiler; or apt install build-essential python3, then ' +
          'npm install onoff.',
        cause,
      });
    }
    throw new LimenError('door.driver-missing', `The GPIO driver "onoff" does not load: ${messageOf(cause)}`, {
      hint: 'It was built for another Node version or machine: run npm rebuild epoll.',
      cause,
    });
  }
}
