import { type Face, intersectionOverUnion } from '../domain/face.ts';
import type { SignsOfLife } from '../domain/sighting.ts';
import { eyePatches, OpenEyes } from './eyes.ts';
import { type Grey, greyCopy } from './grey.ts';
import type { Picture } from './pixels.ts';
import { lookAround } from './surroundings.ts';

/** Frames farther apart than this show two moments, not one movement. */
const longestGapMs = 1000;
/** Least overlap of a face with itself in the frame before. */
const leastOverlap = 0.2;

interface Remembered {
  readonly face: Face;
  readonly eyes: OpenEyes;
}

/**
 * Signs of life of each face, held against the frame before. Remembers a small grey copy of one frame and, per face, an
 * average of its eyes: no picture that anybody could be recognised in longer than the face is there.
 */
export class SignsReader {
  #before: { readonly atMs: number; readonly grey: Grey; readonly faces: readonly Remembered[] } | null = null;
  #spare: Grey | undefined;

  /** To be called for every picture that was searched, in the order of capture. One entry per face, in their order. */
  read(picture: Picture, faces: readonly Face[], atMs: number): (SignsOfLife | null)[] {
    if (this.#before && !(atMs > this.#before.atMs && atMs - this.#before.atMs <= longestGapMs)) this.#forget();
    if (faces.length === 0) return [];
    const last = this.#before;
    const grey = greyCopy(picture, this.#spare);
    const comparable = last?.grey.values.length === grey.values.length ? last : null;
    const remembered: Remembered[] = [];
    const signs = faces.map((face) => {
      const former = comparable ? formerOf(face, comparable.faces) : null;
      const eyes = former?.eyes ?? new OpenEyes();
      remembered.push({ face, eyes });
      const patches = eyePatches(picture, face);
      const open = patches && eyes.look(patches);
      if (!former || !comparable) return null;
      const places = { before: pointsOf(former.face), now: pointsOf(face) };
      return {
        ...lookAround(grey, comparable.grey, places),
        eyes: open?.eyes ?? null,
        nose: open?.nose ?? null,
      };
    });
    this.#spare = last?.grey;
    this.#before = { atMs, grey, faces: remembered };
    return signs;
  }

  #forget(): void {
    this.#spare = this.#before?.grey ?? this.#spare;
    this.#before = null;
  }
}

function formerOf(face: Face, faces: readonly Remembered[]): Remembered | null {
  let best: Remembered | null = null;
  let most = leastOverlap;
  for (const one of faces) {
    const overlap = intersectionOverUnion(one.face.box, face.box);
    if (overlap < most) continue;
    best = one;
    most = overlap;
  }
  return best;
}

function pointsOf({ contour, landmarks }: Face) {
  return contour ?? Object.values(landmarks);
}
