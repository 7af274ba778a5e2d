import type { DenialReason } from './verdict.ts';

/** What a punch can mean. `change` goes on with other work without leaving. */
export const punchDirections = ['in', 'out', 'break-start', 'break-end', 'change'] as const;
export type PunchDirection = (typeof punchDirections)[number];

/** A direction, and what is worked on where the site tells kinds of work apart. */
export interface PunchMeaning {
  readonly direction: PunchDirection;
  readonly work?: string;
}

/** Who said what a punch means: somebody by a key, the hours of the day, the person's punch before, or the terminal's role. */
export type MeaningSource = 'key' | 'schedule' | 'alternation' | 'role';

/** What became of somebody at a time clock, for whoever shows it. Instants are ISO 8601 UTC. */
export type PunchOutcome =
  | (Whose & PunchMeaning & { readonly kind: 'recorded'; readonly by: MeaningSource; readonly at: string })
  /** `at`: when the punch was recorded that this one would have doubled. */
  | (Whose & PunchMeaning & { readonly kind: 'already-recorded'; readonly at: string })
  /** Nobody has said yet what it means: the punch follows as soon as a key says so, within `withinMs`. */
  | (Whose & { readonly kind: 'choose'; readonly withinMs: number })
  /** Nobody said it in time; nothing is recorded. */
  | (Whose & { readonly kind: 'not-chosen' });

interface Whose {
  readonly personId: string;
  readonly name: string;
  /** The face was refused for this, and a card or a PIN took its place; absent where it was not. */
  readonly afterRefusal?: DenialReason;
}

/** What lights and buzzer of a time clock show for a moment. */
export type PunchSignal = 'recorded' | 'already-recorded' | 'choose';
