import type { FinalVerdict } from '../domain/verdict.ts';
import { type Interval, shareInterval } from './statistics.ts';

/** How a door answers to one presentation: a walk up to the camera, by somebody or by something. */
export type Answer =
  /** Let in. */
  | 'accepted'
  /** Refused as an artefact, or because its liveness could not be judged. */
  | 'rejected'
  /** No answer: no face good enough, for long enough (ISO/IEC 30107-3 counts non-responses apart). */
  | 'no-answer';

/** One clip, what is on it, and how it was answered. */
export interface Presentation {
  readonly name: string;
  /** Species of attack instrument; `null` for a living person (a bona fide presentation). */
  readonly species: string | null;
  readonly answer: Answer;
  /** Score of each frame that was judged, 0 (artefact) to 1 (live), and whether it passed. */
  readonly frames: readonly { readonly score: number; readonly live: boolean }[];
}

/** One attack species, or the living people. */
export interface SpeciesFigures {
  readonly species: string | null;
  readonly clips: number;
  readonly answered: number;
  /**
   * For an attack APCER: the share of answered presentations that were accepted as living. For living people BPCER: the
   * share of answered ones that were rejected. `null` where nothing was answered.
   */
  readonly errorRate: number | null;
  readonly interval95: Interval;
  readonly frames: number;
  /** The same for single frames, which are not independent: no interval. */
  readonly frameErrorRate: number | null;
}

/** Each species by itself, never averaged: an attacker takes the best (ISO/IEC 30107-3 §13.2). Living people come first. */
export function bySpecies(presentations: readonly Presentation[]): SpeciesFigures[] {
  const species = [...new Set(presentations.map((one) => one.species))].sort((a, b) =>
    (a ?? '').localeCompare(b ?? ''),
  );
  return species.map((name) => {
    const clips = presentations.filter((one) => one.species === name);
    const answered = clips.filter(({ answer }) => answer !== 'no-answer');
    const wrong = answered.filter(({ answer }) => answer === (name === null ? 'rejected' : 'accepted')).length;
    const frames = clips.flatMap((clip) => clip.frames);
    const wrongFrames = frames.filter(({ live }) => live !== (name === null)).length;
    return {
      species: name,
      clips: clips.length,
      answered: answered.length,
      errorRate: answered.length === 0 ? null : wrong / answered.length,
      interval95: shareInterval(wrong, answered.length),
      frames: frames.length,
      frameErrorRate: frames.length === 0 ? null : wrongFrames / frames.length,
    };
  });
}

/** The answer of a door that gave these verdicts: once granted is let in, whatever was refused before. */
export function answerOf(verdicts: readonly FinalVerdict[]): Answer {
  if (verdicts.some(({ kind }) => kind === 'grant')) return 'accepted';
  const denied = verdicts.some(
    (one) => one.kind === 'deny' && (one.reason === 'spoof' || one.reason === 'no-liveness'),
  );
  return denied ? 'rejected' : 'no-answer';
}
