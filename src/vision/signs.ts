import { type Face, intersectionOverUnion } from '../domain/face.ts';
import type { SignsOfLife } from '../domain/sighting.ts';
import { eyePatches, OpenEyes } from './eyes.ts';
import { type Grey, greyCopy } from './grey.ts';
import type { Picture } from './pixels.ts';
import { type Looks, lookAround } from './surroundings.ts';

/** Frames farther apart than this show two moments, not one movement. */
const longestGapMs = 1000;
/** Least overlap of a face with itself in the frame before. */
const leastOverlap = 0.2;

interface Remembered {
  readonly face: Face;
  readonly eyes: OpenEyes;
  /** Where the face was in the picture that the surroundings are compared with; `null` for one that was not there. */
  readonly formerly: Face | null;
}

/**
 * Signs of life of each face, held against frames before. Remembers a small grey copy of one frame and, per face, an
 * average of its eyes: nothing that anybody could be recognised in longer than the face is there.
 */
export class SignsReader {
  #faces: readonly Remembered[] = [];
  #seenMs = Number.NEGATIVE_INFINITY;
  #reference: { readonly atMs: number; readonly grey: Grey } | null = null;
  #spare: Grey | undefined;

  /** To be called for every picture that was searched, in the order of capture. One entry per face, in their order. */
  read(picture: Picture, faces: readonly Face[], atMs: number): (SignsOfLife | null)[] {
    if (!(atMs > this.#seenMs && atMs - this.#seenMs <= longestGapMs)) this.#forget();
    if (faces.length === 0) return [];
    this.#seenMs = atMs;
    const grey = greyCopy(picture, this.#spare);
    const former = faces.map((face) => formerOf(face, this.#faces));
    const looks = faces.map((face, i) => this.#lookAround(grey, face, former[i]?.formerly ?? null));
    // A slow movement adds up before it is looked at: the reference stays until the nearest face has moved away from it.
    const isOld = this.#reference === null || atMs - this.#reference.atMs >= longestGapMs;
    const isNew = isOld || looks[0] !== null || former[0]?.formerly === null || former[0] === null;
    this.#faces = faces.map((face, i) => ({
      face,
      eyes: former[i]?.eyes ?? new OpenEyes(),
      formerly: isNew ? face : (former[i]?.formerly ?? null),
    }));
    if (isNew) {
      this.#spare = this.#reference?.grey;
      this.#reference = { atMs, grey };
    } else this.#spare = grey;
    return faces.map((face, i) => {
      const patches = eyePatches(picture, face);
      const open = patches && this.#faces[i]!.eyes.look(patches);
      if (!former[i]) return null;
      const { still, moving } = looks[i] ?? { still: 0, moving: 0 };
      return { still, moving, eyes: open?.eyes ?? null, nose: open?.nose ?? null };
    });
  }

  #lookAround(grey: Grey, face: Face, formerly: Face | null): Looks | null {
    const before = this.#reference?.grey;
    if (!before || !formerly || before.values.length !== grey.values.length) return null;
    return lookAround(grey, before, { before: pointsOf(formerly), now: pointsOf(face) });
  }

  #forget(): void {
    this.#faces = [];
    this.#reference = null;
  }
}

function formerOf(face: Face, faces: readonly Remembered[]): Remembered | null {
  let best: Remembered | null = null;
  let most = leastOverlap;
  for (const one of faces) {
    const overlap = intersectionOverUnion(one.face.box, face.box);
    if (!(overlap >= most)) continue;
    best = one;
    most = overlap;
  }
  return best;
}

function pointsOf({ contour, landmarks }: Face) {
  return contour ?? Object.values(landmarks);
}
