import type { Detect, DetectAround, Detection } from './detector.ts';
import type { Picture } from './pixels.ts';

/** Find the faces in one picture of a row of pictures, taken at `atMs`; `whole` demands a search for faces of every size. */
export type Search = (picture: Picture, atMs: number, whole?: boolean) => Promise<Detection[]>;

/** The same search for every picture. */
export function everyPicture(detect: Detect): Search {
  return (picture) => detect(picture);
}

/** Three ways to look at one picture. */
export interface SearchOptions {
  /** Finds faces of every size. */
  readonly full: Detect;
  /** Finds faces near the camera, for much less work. */
  readonly near: Detect;
  /** Finds a face again where it was in the picture before, for less work still. */
  readonly around: DetectAround;
  /** A full search is made at least this often, whatever is near: a second person must be seen stepping in. */
  readonly fullEveryMs?: number;
}

/** A face this wide, as a share of the picture's long side, is near; anything narrower has to come closer anyway. */
const nearWidth = 1 / 8;
/** A face that scores less in a lesser search is looked for again by the full one. */
const sureScore = 0.6;

/**
 * As little searching as keeps everybody in sight, for a camera that watches a door: the person who wants in is the
 * nearest. A picture is searched in full when the last full search is `fullEveryMs` ago, so nobody stays unseen for longer.
 * In between, one face is looked for around where it was; else near faces are, and when there is none where somebody
 * was, the picture is searched in full after all. So an empty scene and a person at the door cost little, and somebody
 * walking up is seen in every picture once seen at all.
 */
export function nearFirst({ full, near, around, fullEveryMs = 400 }: SearchOptions): Search {
  let lastFullMs = Number.NEGATIVE_INFINITY;
  /** By the latest full search, and by the latest of any kind. */
  let seenInFull: readonly Detection[] = [];
  let seen: readonly Detection[] = [];

  async function lesser(picture: Picture): Promise<Detection[] | null> {
    const [one, another] = seen;
    if (one && !another) {
      const again = await around(picture, one.box);
      if (again.some(isSure)) return again;
    }
    const somebodyFar = seenInFull.length > 0 && !seenInFull.some((face) => isNear(face, picture));
    if (somebodyFar) return null;
    const found = await near(picture);
    const enough = found.some((face) => isNear(face, picture)) || (seenInFull.length === 0 && found.length === 0);
    return enough ? found : null;
  }

  return async (picture, atMs, whole = false) => {
    const due = whole || !(atMs - lastFullMs < fullEveryMs && atMs >= lastFullMs);
    let found = due ? null : await lesser(picture);
    if (found === null) {
      found = await full(picture);
      seenInFull = found;
      lastFullMs = atMs;
    }
    seen = found;
    return found;
  };
}

function isSure({ score }: Detection): boolean {
  return score >= sureScore;
}

function isNear(face: Detection, { widthPx, heightPx }: Picture): boolean {
  return isSure(face) && face.box.width >= nearWidth * Math.max(widthPx, heightPx);
}
