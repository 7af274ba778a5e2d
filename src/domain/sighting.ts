import type { Face } from './face.ts';
import type { Quality } from './quality.ts';
import type { Template } from './template.ts';

/** Outcome of presentation attack detection (ISO/IEC 30107) by the pack's networks on one face in one frame. */
export interface Liveness {
  /** 0 (artefact) to 1 (live): the least of the groups of networks that have to agree. */
  readonly score: number;
  /** Every group reached its threshold. */
  readonly live: boolean;
  /** What `score` is held against, also when the scores of several frames are put together. */
  readonly threshold: number;
  /** What each network said, by its id. */
  readonly parts: Readonly<Record<string, number>>;
}

/**
 * What a face and its surroundings did since the frame before: evidence that only adds up over frames. A camera at a
 * door does not move, so what is behind a person stays where it is, and what is behind a photographed face moves
 * with the photograph.
 */
export interface SignsOfLife {
  /** How many sides of the face (0 to 2) showed that the surroundings stayed, though they had structure to tell by … */
  readonly still: number;
  /** … and how many showed that they moved. A side that shows neither is in none of the two. */
  readonly moving: number;
  /** How much the eyes look like this person's own open eyes: a correlation, −1 to 1; `null` without enough frames before. */
  readonly eyes: number | null;
  /** The same for the nose between them: what changes the nose as well was no blink. */
  readonly nose: number | null;
}

/** One face in one frame, as the vision worker reports it. */
export interface Sighting {
  readonly face: Face;
  readonly quality: Quality;
  /** `null` when a quality gate failed, or when the pack has no network for it. */
  readonly liveness: Liveness | null;
  /** `null` for a face that was not in the frame before. */
  readonly signs?: SignsOfLife | null;
  /** `null` when a quality gate failed, because what is not good enough is not embedded, and after a glimpse. */
  readonly template: Template | null;
  /** What a lighter look gives, in a space of its own; also beside `template`. Absent or `null` where there is none. */
  readonly glimpse?: Template | null;
}

/** Where the time of one frame went, in milliseconds. */
export interface StageTimings {
  readonly decodeMs: number;
  readonly detectMs: number;
  readonly landmarksMs: number;
  /** Networks and signs of life; absent where nothing was judged. */
  readonly livenessMs?: number;
  readonly embedMs: number;
}

/** Everything seen in one frame. */
export interface Seen {
  readonly frameId: number;
  readonly capturedAtMs: number;
  readonly widthPx: number;
  readonly heightPx: number;
  /** Largest face first. */
  readonly sightings: readonly Sighting[];
  readonly timings: StageTimings;
  /** The frame was not searched for faces, because nobody was there and nothing moved. */
  readonly leftOut?: true;
}
