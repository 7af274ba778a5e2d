import type { PunchSignal } from '../domain/punch.ts';
import type { DoorSignal, DoorStatus } from './door.ts';

/** What a door can show and sound. */
export const doorOutputNames = ['green', 'red', 'busy', 'buzzer', 'alarm'] as const;
export type DoorOutputName = (typeof doorOutputNames)[number];

/** On, off, or on and off in turn: milliseconds of each. */
export type Pattern = 'on' | 'off' | readonly [onMs: number, offMs: number];

/** A pattern for each output; one that is not named is off. */
export type Patterns = Readonly<Partial<Record<DoorOutputName, Pattern>>>;

/** What lasts for a moment. `admitted`: somebody may go through now. */
export type Moment = DoorSignal | PunchSignal | 'admitted';

/** How long each moment lasts, and what it adds. The red light and three short sounds are a no; one short sound, a yes. */
export const moments: Readonly<Record<Moment, { readonly forMs: number; readonly shows: Patterns }>> = {
  busy: { forMs: 600, shows: { busy: 'on' } },
  denied: { forMs: 900, shows: { red: 'on', buzzer: [100, 200] } },
  admitted: { forMs: 200, shows: { buzzer: 'on' } },
  // At a time clock: one sound for a punch, two for one that is there already; a key is asked for without any.
  recorded: { forMs: 1500, shows: { green: 'on', buzzer: [200, 2000] } },
  'already-recorded': { forMs: 600, shows: { green: [100, 200], buzzer: [100, 200] } },
  choose: { forMs: 3000, shows: { busy: [150, 150] } },
};

const alarmed: Patterns = { red: [250, 250], buzzer: [500, 500], alarm: 'on' };

/** What each state of the door shows for as long as it lasts. */
export const statePatterns: Readonly<Record<DoorStatus['state'], Patterns>> = {
  locked: {},
  unlocking: {},
  unlocked: { green: 'on' },
  opened: { green: 'on' },
  // The pre-alarm: close the door now, and nobody else hears of it.
  'held-open': { red: [250, 250], buzzer: [200, 800] },
  forced: alarmed,
  jammed: alarmed,
  lockdown: { red: 'on' },
  fault: { red: [100, 1900] },
};

/** Everything that is shown. A moment goes before the state, an alarm before both. */
export function shownOf({ state, alarms }: Pick<DoorStatus, 'state' | 'alarms'>, moment: Moment | null): Patterns {
  const { shows = {} } = moment === null ? {} : moments[moment];
  // In a fire the door is green: this is the way out.
  const alarm = alarms.length === 0 ? {} : alarms.includes('fire') ? { alarm: 'on' as const } : alarmed;
  return { ...statePatterns[state], ...shows, ...alarm };
}

/** Whether a pattern is on, `ms` after it began. */
export function isOn(pattern: Pattern | undefined, ms: number): boolean {
  if (pattern === undefined || typeof pattern === 'string') return pattern === 'on';
  const [onMs, offMs] = pattern;
  return ms % (onMs + offMs) < onMs;
}
