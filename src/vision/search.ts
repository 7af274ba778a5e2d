import type { Detect, Detection } from './detector.ts';
import type { Picture } from './pixels.ts';

/** Find the faces in one picture of a row of pictures, taken at `atMs`; `whole` demands a search for faces of every size. */
export type Search = (picture: Picture, atMs: number, whole?: boolean) => Promise<Detection[]>;

/** The same search for every picture. */
export function everyPicture(detect: Detect): Search {
  return (picture) => detect(picture);
}

/** Two ways to look at one picture. */
export interface SearchOptions {
  /** Finds faces of every size. */
  readonly full: Detect;
  /** Finds faces near the camera, for much less work. */
  readonly near: Detect;
  /** A full search is made at least this often, whatever is near: a second person must be seen stepping in. */
  readonly fullEveryMs?: number;
}

/** A face this wide, as a share of the picture's long side, is near; anything narrower has to come closer anyway. */
const nearWidth = 1 / 8;
/** A near face that scores less is looked at again by the full search. */
const nearScore = 0.6;

/**
 * Near faces first, for a camera that watches a door: the person who wants in is the nearest. A picture is searched in
 * full when the last full search is `fullEveryMs` ago, or when it found somebody who is not near; else the near search is
 * enough. So an empty scene and a person at the door cost little, somebody walking up is seen in every picture once seen
 * at all, and nobody stays unseen for longer than `fullEveryMs`.
 */
export function nearFirst({ full, near, fullEveryMs = 400 }: SearchOptions): Search {
  let lastFullMs = Number.NEGATIVE_INFINITY;
  let last: Detection[] = [];
  return async (picture, atMs, whole = false) => {
    const due = whole || !(atMs - lastFullMs < fullEveryMs && atMs >= lastFullMs);
    const somebodyFar = last.length > 0 && !last.some((face) => isNear(face, picture));
    if (!due && !somebodyFar) {
      const found = await near(picture);
      if (found.some((face) => isNear(face, picture))) return found;
      if (last.length === 0 && found.length === 0) return found;
    }
    last = await full(picture);
    lastFullMs = atMs;
    return last;
  };
}

function isNear({ box, score }: Detection, { widthPx, heightPx }: Picture): boolean {
  return score >= nearScore && box.width >= nearWidth * Math.max(widthPx, heightPx);
}
