import type { Person } from '../../domain/person.ts';
import type { DenialReason } from '../../domain/verdict.ts';
import type { Memory } from './memory.ts';
import type { Factor, Rules, Scope } from './rules.ts';
import { scheduleAt } from './schedule.ts';

/** Somebody at a door, and everything that the rules may ask about it. */
export interface Situation {
  readonly person: Person;
  readonly terminal: string;
  readonly now: Date;
  readonly rules: Rules;
  readonly memory: Memory;
  /** What has proven who it is. */
  readonly proven: ReadonlySet<Factor>;
  /** A card or a PIN takes the place of a face that was refused for this; absent where nothing does. */
  readonly afterRefusal?: DenialReason;
  /** Id of the person whom the gallery hardly tells from this one. */
  readonly lookAlike: string | null;
  /** How long this person's PIN and cards, and this terminal's, are refused yet; 0 when they are not. */
  readonly lockedMs: number;
  /** What is known about the other doors of an interlock; `null` where nobody can know, as in an explanation. */
  readonly otherDoor: ((terminal: string, staleAfterMs: number) => 'closed' | 'open' | 'unknown') | null;
  /** Who was found to be authorised here before, and how long ago; `undefined` in an explanation. */
  readonly companion: { readonly person: Person; readonly agoMs: number } | null | undefined;
}

export type RuleName =
  | 'validity'
  | 'permission'
  | 'lock-out'
  | 'anti-passback'
  | 'interlock'
  | 'second-factor'
  | 'two-person';

/** What one rule says about a situation. */
export interface Finding {
  readonly rule: RuleName;
  /** The name of the rule in the configuration that decided, such as `permissions.staff`; `null` where none applies. */
  readonly by: string | null;
  /**
   * `asks`: not yet, a second factor is to come. `depends`: on what will be so at that moment, which only an explanation
   * does not know.
   */
  readonly outcome: 'passes' | 'refuses' | 'asks' | 'depends';
  /** Why, where it refuses or asks. */
  readonly reason?: DenialReason;
  /** Where it asks, what would be an answer. */
  readonly accept?: readonly ('card' | 'pin')[];
  /** Where it waits for somebody else, how long. */
  readonly withinMs?: number;
  /** Passes, and is to be written down: soft anti-passback. */
  readonly noteworthy?: true;
  /** One plain sentence. */
  readonly says: string;
}

/** Whether a rule applies here, now and to this person. */
export function applies(
  { terminals, groups, schedule }: Scope,
  { person, terminal, rules, now }: Pick<Situation, 'person' | 'terminal' | 'rules' | 'now'>,
): boolean {
  return (
    (terminals?.includes(terminal) ?? true) &&
    (groups === undefined || groups.some((group) => person.groups.includes(group))) &&
    (schedule === undefined || scheduleAt(schedule, rules, now).active)
  );
}
