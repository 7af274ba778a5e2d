import { type Box, type Face, intersectionOverUnion } from '../domain/face.ts';

/** A face older than this may have become any other. */
const longestGapMs = 500;
/** Least overlap of a face with itself in the picture before. */
const leastOverlap = 0.4;

/** The faces of the picture before, of one camera. */
export class FormerFaces {
  #faces: readonly Face[] = [];
  #atMs = Number.NEGATIVE_INFINITY;

  /** The face of the picture before that a box found at `atMs` shows again; `null` for one that was not there. */
  of(box: Box, atMs: number): Face | null {
    if (!(atMs > this.#atMs && atMs - this.#atMs <= longestGapMs)) return null;
    const overlaps = this.#faces.map((face) => intersectionOverUnion(face.box, box));
    const most = Math.max(...overlaps);
    return most >= leastOverlap ? this.#faces[overlaps.indexOf(most)]! : null;
  }

  /** To be called for every picture that was searched, in the order of capture. */
  remember(faces: readonly Face[], atMs: number): void {
    this.#faces = faces;
    this.#atMs = atMs;
  }
}
