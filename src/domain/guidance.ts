import type { QualityFailure } from './quality.ts';

/** What a person at the door can do so that a verdict comes about; a screen has words of its own language for each. */
export type Guidance =
  | QualityFailure
  | 'blink'
  | 'turn-left'
  | 'turn-right'
  /** What stands as still as the wall behind it shows no sign of life. */
  | 'move-a-little'
  /** A PIN or a card is wanted. */
  | 'second-factor'
  /** The second of two people is waited for. */
  | 'second-person';

/** Each in English words, for logs and the demo. */
export const guidanceWords: Record<Guidance, string> = {
  'too-small': 'come closer',
  blurred: 'hold still',
  'turned-away': 'look at the camera',
  'too-dark': 'too dark',
  'too-bright': 'too bright',
  'low-contrast': 'more light on the face, please',
  'cut-off': 'move into the picture',
  blink: 'blink, please',
  'turn-left': 'turn your head to the left and back',
  'turn-right': 'turn your head to the right and back',
  'move-a-little': 'move a little, please',
  'second-factor': 'PIN or card, please',
  'second-person': 'second person, please',
};
