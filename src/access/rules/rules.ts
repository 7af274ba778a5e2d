/** Days of the week as rules write them; the order of ISO 8601, Monday first. */
export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof weekdays)[number];

/** From one time on the clock until another; one that ends before it begins ends on the next day. */
export interface Hours {
  /** `HH:MM` of the site's wall clock. */
  readonly from: string;
  /** `HH:MM`, not included; `24:00` is the end of the day. */
  readonly to: string;
}

/** Hours on some days of the week. An overnight period belongs to the day on which it begins. */
export interface Period extends Hours {
  readonly days: readonly Weekday[];
}

/** When something is so, week after week. */
export interface Schedule {
  readonly periods: readonly Period[];
  /** `closed`: on holidays only the holiday's own hours count; `as-usual`: this schedule knows no holidays. */
  readonly onHolidays: 'closed' | 'as-usual';
}

/** Days that are not like others. */
export interface Holiday {
  /** `2026-12-25` once, `12-25` every year. */
  readonly dates: readonly string[];
  /** Hours that take the place of the usual ones; none, the day is closed. */
  readonly hours: readonly Hours[];
  /** Schedules it changes; left out, all but those that know no holidays. */
  readonly schedules?: readonly string[] | undefined;
}

/** Where, when and to whom a rule applies; what is left out restricts nothing. */
export interface Scope {
  readonly terminals?: readonly string[] | undefined;
  readonly groups?: readonly string[] | undefined;
  readonly schedule?: string | undefined;
}

/** What proves who somebody is. */
export type Factor = 'face' | 'card' | 'pin';

/** A second factor is asked for within this scope. */
export interface SecondFactorRule extends Scope {
  /** Asked only of people whom the gallery hardly tells from somebody else. */
  readonly onlyLookAlikes: boolean;
  /** Any of these will do. */
  readonly accept: readonly ('card' | 'pin')[];
}

/** Who is inside an area does not come in once more, and who is outside does not go out. */
export interface PassbackArea {
  /** `hard` refuses, `soft` lets through and writes it down. */
  readonly mode: 'soft' | 'hard';
  readonly in: readonly string[];
  readonly out: readonly string[];
  /** After so long nobody knows any more where somebody is. */
  readonly forgetAfterMin?: number | undefined;
}

/** Two different people, both authorised, one after the other. */
export interface TwoPersonRule extends Scope {
  readonly withinMs: number;
}

/** Doors of which one opens only while the others are closed. */
export interface Interlock {
  readonly terminals: readonly string[];
  /** What was heard about another door is true for this long. */
  readonly staleAfterMs: number;
}

/** The door is left open to everybody while a schedule is in force. */
export interface FreeAccess {
  readonly terminals: readonly string[];
  readonly schedule: string;
  /** It begins only once somebody of these groups has come in: first person in. */
  readonly afterGroups?: readonly string[] | undefined;
}

/** Who fails too often waits, longer each time. */
export interface LockOutRule {
  /** Failures of one person or one card before the first wait. */
  readonly attempts: number;
  /** Failures at one terminal, whoever it was. */
  readonly terminalAttempts: number;
  readonly firstMs: number;
  readonly mostMs: number;
}

/** Whether one can pass without a face, where the camera or the light fails. */
export type WithoutFace = 'never' | 'card-and-pin' | 'id-and-pin';

type Named<T> = Readonly<Record<string, T>>;

/**
 * Who may pass, and when: what a configuration and a hub may both say. Every rule has a name; nothing said anywhere
 * means that everybody in the gallery may pass who is valid.
 */
export interface Rules {
  /** IANA name; `UTC` where nobody says anything. */
  readonly timeZone?: string | undefined;
  readonly schedules?: Named<Schedule> | undefined;
  readonly holidays?: Named<Holiday> | undefined;
  /** As soon as there is one, only what is permitted is permitted. */
  readonly permissions?: Named<Scope> | undefined;
  readonly secondFactors?: Named<SecondFactorRule> | undefined;
  readonly antiPassback?: Named<PassbackArea> | undefined;
  readonly twoPerson?: Named<TwoPersonRule> | undefined;
  readonly interlocks?: Named<Interlock> | undefined;
  readonly freeAccess?: Named<FreeAccess> | undefined;
  readonly lockOut?: LockOutRule | undefined;
  readonly withoutFace?: WithoutFace | undefined;
  /** For whom {@link Rules.withoutFace} is; left out, for everybody. */
  readonly withoutFaceFor?: 'everybody' | 'those-without' | undefined;
  /** How long somebody has for the second factor. */
  readonly answerWithinMs?: number | undefined;
}

/** Name and rule of one kind, for reading them in turn. */
export function named<T>(rules: Named<T> | undefined): [name: string, rule: T][] {
  return Object.entries(rules ?? {});
}

/** In force where nobody says anything else: five attempts, then a minute, doubling up to an hour. */
export const usualLockOut: LockOutRule = {
  attempts: 5,
  terminalAttempts: 20,
  firstMs: 60_000,
  mostMs: 3_600_000,
};
/** Long enough to find a card in a bag. */
export const usualAnswerMs = 20_000;
