/**
 * What a door is, in one word, after IEC 60839-11-1. What is physically so comes first: a door that stands open is
 * never called locked down.
 */
export const doorStates = [
  /** At rest: held shut. */
  'locked',
  /** An opening was asked for, and the line has not been read back yet. */
  'unlocking',
  /** Can be opened, and has not been. */
  'unlocked',
  /** Stands open, by right. */
  'opened',
  /** Stands open for longer than it may: first the pre-alarm, then the alarm. */
  'held-open',
  /** Was opened without a grant, a request to exit, or a fire. */
  'forced',
  /** The bolt does not follow the lock. */
  'jammed',
  /** Held shut, and opens for nobody but those on their way out. */
  'lockdown',
  /** The lock process is away: nothing can be opened, and what the line does is not known. */
  'fault',
] as const;
export type DoorState = (typeof doorStates)[number];

/** What stands until it is over: raised once, cleared once. */
export type DoorAlarm = 'forced' | 'held-open' | 'jammed' | 'tamper' | 'fire';
