import type { DoorState } from '../domain/door-state.ts';
import type { Box } from '../domain/face.ts';
import type { Guidance } from '../domain/guidance.ts';
import type { PunchDirection } from '../domain/punch.ts';

/** What a denial tells: `not-admitted` is all that a stranger ever sees; the others are for somebody who was proven to be somebody. */
export type Advice =
  | 'not-admitted'
  | 'not-at-this-time'
  | 'not-here'
  | 'not-valid'
  | 'already-inside'
  | 'other-door-open'
  | 'wait-a-while'
  | 'factor-missing'
  | 'second-person'
  | 'not-ready';

/** One earlier punch of the person who has just punched. `at` is ISO 8601 UTC. */
export interface ShownPunch {
  readonly direction: PunchDirection;
  readonly work?: string;
  readonly at: string;
}

/** The one thing that the screen is about right now. `untilMs` is of the clock of {@link ScreenState.nowMs}. */
export type View =
  | { readonly kind: 'idle' }
  | { readonly kind: 'looking'; readonly guidance: Guidance | 'one-at-a-time' | null }
  /** `who` is the name, the initials or nothing, as the configuration says. */
  | { readonly kind: 'granted'; readonly who: string | null }
  | {
      readonly kind: 'punched';
      readonly who: string | null;
      readonly punch: ShownPunch;
      /** It was recorded a moment before, and not again. */
      readonly already: boolean;
      /** Those before it, newest first. */
      readonly before: readonly ShownPunch[];
    }
  | { readonly kind: 'not-chosen' }
  | { readonly kind: 'denied'; readonly advice: Advice }
  /** A PIN or a card is wanted; `refused` counts those that were not right. */
  | {
      readonly kind: 'asked';
      readonly accept: readonly ('pin' | 'card')[];
      readonly untilMs: number;
      readonly refused: number;
    }
  /** A card or a PIN said who it is: now the face. */
  | { readonly kind: 'claimed'; readonly guidance: Guidance | null; readonly untilMs: number }
  | { readonly kind: 'choose'; readonly who: string | null; readonly untilMs: number }
  | { readonly kind: 'lockdown' }
  | { readonly kind: 'out-of-order'; readonly part: 'camera' | 'door' };

/** A key of the time clock. */
export interface ShownKey {
  readonly name: string;
  readonly label: string;
  readonly direction: PunchDirection;
}

/** All that the screen shows, but the picture and where the face is in it. */
export interface ScreenState {
  readonly type: 'state';
  /** When this was said, in milliseconds of the terminal's monotonic clock. */
  readonly nowMs: number;
  readonly view: View;
  readonly door: DoorState | null;
  /** The door stands open for too long, or everybody may pass. */
  readonly notice: 'close-the-door' | 'free-access' | null;
  /** `null` at a terminal without a broker. */
  readonly online: boolean | null;
  /** The key that holds now; `null` for none. */
  readonly chosen: string | null;
  /** Cards and PINs that were refused since the screen is on: a new one is shown, whatever else is. */
  readonly refusals: number;
}

/** Where the foremost face of the newest picture is, in pixels of that picture; `box` is `null` where there is none. */
export interface FaceMessage {
  readonly type: 'face';
  readonly widthPx: number;
  readonly heightPx: number;
  readonly box: Box | null;
}

/** What the server tells the screen. */
export type ScreenMessage = ScreenState | FaceMessage;

/** What does not change while the terminal runs. */
export interface ScreenSetup {
  readonly terminal: string;
  readonly mode: 'door' | 'punch';
  /** The live picture is shown. */
  readonly picture: boolean;
  readonly sounds: boolean;
  /** Whether there is a pad for PINs: never, when one is asked for, or at any time. */
  readonly pinPad: 'off' | 'asked' | 'always';
  readonly keys: readonly ShownKey[];
  /** IANA name, for the clock on the screen; `null`: the browser's own. */
  readonly timeZone: string | null;
  /** Every sentence of the screen, by its key. */
  readonly words: Readonly<Record<string, string>>;
}
