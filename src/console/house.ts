import { LimenError } from '../domain/errors.ts';
import type { CommonDesk } from './common-desk.ts';
import type { Place } from './place.ts';
import type { SetupCode } from './setup-code.ts';

/** A console before and after there is something behind it: a hub that has keys, or a terminal, which always is. */
export interface House<D extends CommonDesk> {
  readonly place: Place;
  /** Whether there is a desk to work at. */
  readonly isOpen: boolean;
  /** @throws LimenError `console.setup-needed`. */
  readonly desk: D;
  /** Whoever makes the first account has to know it. */
  readonly code: SetupCode;
  /** Whether somebody could sign in. */
  hasAccounts(): Promise<boolean>;
  /** Make the site's keys where there are none, and open the hub. */
  setUp(): Promise<D>;
  /** Somebody has a password now: listen where the configuration says. */
  guarded(): void;
}

/**
 * A console over a hub that is there, or over nothing yet.
 *
 * @param options.open makes keys and opens the hub; asked once at most
 * @param options.onGuarded somebody has a password now
 */
export function createHouse<D extends CommonDesk>(options: {
  readonly place: Place;
  readonly desk: D | null;
  readonly code: SetupCode;
  readonly open: () => Promise<D>;
  readonly onGuarded: () => void;
}): House<D> & { close(): Promise<void> } {
  let desk = options.desk;
  let opening: Promise<D> | null = null;
  return {
    place: options.place,
    code: options.code,
    get isOpen() {
      return desk !== null;
    },
    get desk() {
      if (desk !== null) return desk;
      throw new LimenError('console.setup-needed', 'This hub has not been set up yet.', {
        hint: 'Open the console in a browser on this machine: it begins with that.',
      });
    },
    hasAccounts: async () => desk !== null && (await desk.accounts.list()).length > 0,
    setUp: async () => {
      if (desk !== null) return desk;
      opening ??= options.open().finally(() => {
        opening = null;
      });
      desk = await opening;
      return desk;
    },
    guarded: options.onGuarded,
    close: async () => {
      await opening?.catch(() => {});
      await desk?.close();
    },
  };
}
