import type { Face } from './face.ts';
import type { Quality } from './quality.ts';
import type { Template } from './template.ts';

/** Outcome of presentation attack detection (ISO/IEC 30107) on one face. */
export interface Liveness {
  /** 0 (artefact) to 1 (live). */
  readonly score: number;
  readonly live: boolean;
}

/** One face in one frame, as the vision worker reports it. */
export interface Sighting {
  readonly face: Face;
  readonly quality: Quality;
  /** `null` when the pack has no liveness network; a site that demands liveness then grants nobody. */
  readonly liveness: Liveness | null;
  /** `null` when a quality gate failed: what is not good enough is not embedded. */
  readonly template: Template | null;
}

/** Where the time of one frame went, in milliseconds. */
export interface StageTimings {
  readonly decodeMs: number;
  readonly detectMs: number;
  readonly landmarksMs: number;
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
