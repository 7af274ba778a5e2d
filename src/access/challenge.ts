/** What a site may demand beyond a face that matches: an act that a picture cannot do. */
export type ChallengeDemand = 'off' | 'blink' | 'turn' | 'any';

/** One task. Left and right are the person's own. */
export type ChallengeTask = 'blink' | 'turn-left' | 'turn-right';

/** What a face did at one moment; every frame of a track has one, also those that fail a quality gate. */
export interface Observation {
  readonly atMs: number;
  /** Positive looks to the picture's right, which is the person's left. */
  readonly yawDeg: number;
  /** How much the eyes look like this person's own open eyes, −1 to 1; `null` when unknown. */
  readonly eyes: number | null;
  /** The same for the nose. */
  readonly nose: number | null;
}

/**
 * The task of one attempt: the side is drawn, so that a recording made beforehand fits half of the time at most.
 *
 * @param chance drawn anew for every attempt, 0 (included) to 1
 */
export function taskFor(demand: Exclude<ChallengeDemand, 'off'>, chance: number): ChallengeTask {
  const choices: Record<typeof demand, readonly ChallengeTask[]> = {
    blink: ['blink'],
    turn: ['turn-left', 'turn-right'],
    any: ['blink', 'turn-left', 'turn-right'],
  };
  const among = choices[demand];
  return among[Math.min(among.length - 1, Math.floor(chance * among.length))] as ChallengeTask;
}

/** Nobody reacts to a text faster than this (Woodworth & Schlosberg 1954 give 180 ms for light): what is quicker was no answer. */
const reactionMs = 180;

/**
 * When the task was done, or `null`: in the frames since `sinceMs`, in their order. A pure function of what was seen.
 * Only what begins after the task was given counts.
 */
export function metAt(task: ChallengeTask, seen: readonly Observation[], sinceMs: number): number | null {
  const answers = seen.filter(({ atMs }) => atMs >= sinceMs + reactionMs);
  if (task === 'blink') return blinkedAt(answers);
  const sign = task === 'turn-left' ? 1 : -1;
  return turnedAt(answers.map(({ atMs, yawDeg }) => ({ atMs, towardsDeg: sign * yawDeg })));
}

/**
 * At and above this, eyes are as open as this person's eyes are; at and below the other, they are shut. On the
 * bundled clips shut eyes reach 0.61, where the face is hardly large enough to be recognised; open ones do not fall below
 * 0.82, of people or of photographs held up.
 */
const openEyes = 0.8;
const shutEyes = 0.65;
/** The nose has to stay the nose: what changes with the eyes is a hand, a bent sheet or a lost landmark. */
const sameNose = 0.7;
/** A blink takes 0.1 to 0.4 s (Schiffman 2001), a deliberate one longer. */
const longestBlinkMs = 1200;

/** Open, shut, open again. */
function blinkedAt(seen: readonly Observation[]): number | null {
  let openMs: number | null = null;
  let shut = false;
  for (const { atMs, eyes, nose } of seen) {
    const readable = eyes !== null && nose !== null && nose >= sameNose;
    if (!readable || (openMs !== null && atMs - openMs > longestBlinkMs)) {
      openMs = null;
      shut = false;
    }
    if (!readable) continue;
    if (eyes >= openEyes) {
      if (shut) return atMs;
      openMs = atMs;
    } else if (eyes <= shutEyes && openMs !== null) shut = true;
  }
  return null;
}

/** A head this near to straight looks at the camera; beyond the other it is turned. Rough degrees, as from five points. */
const straightDeg = 10;
const turnedDeg = 20;
const longestTurnMs = 5000;

/** Whether the head is, or was a moment ago, turned aside as asked: such pictures tell worse who it is. */
export function isTurning(task: ChallengeTask, lately: readonly Observation[]): boolean {
  return task !== 'blink' && lately.some(({ yawDeg }) => Math.abs(yawDeg) > straightDeg);
}

/** Straight ahead, to the asked side, and back. */
function turnedAt(seen: readonly { readonly atMs: number; readonly towardsDeg: number }[]): number | null {
  let straightMs: number | null = null;
  let turned = false;
  for (const { atMs, towardsDeg } of seen) {
    if (straightMs !== null && atMs - straightMs > longestTurnMs) {
      straightMs = null;
      turned = false;
    }
    if (Math.abs(towardsDeg) <= straightDeg) {
      if (turned) return atMs;
      straightMs = atMs;
    } else if (towardsDeg < -turnedDeg) {
      // To the other side: whoever tries both has not understood, or is guessing.
      straightMs = null;
      turned = false;
    } else if (towardsDeg >= turnedDeg && straightMs !== null) turned = true;
  }
  return null;
}
