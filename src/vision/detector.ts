import { type Box, intersectionOverUnion } from '../domain/face.ts';
import type { DetectorInput } from './detector-manifest.ts';
import { type Affine, type Picture, type View, viewOf } from './pixels.ts';

/** A face the detector found, before landmarks. */
export interface Detection {
  readonly box: Box;
  /** 0 to 1. */
  readonly score: number;
  /** Where a landmark network should look: the square around brows, jaw and chin, turned with the face, where it is known. */
  readonly square?: Affine;
}

/**
 * Find the faces in a picture, the largest first, overlapping ones merged into the best.
 * One picture at a time: the memory that a network is fed from is used again for the next.
 */
export type Detect = (picture: Picture) => Promise<Detection[]>;

/** Find a face again, and what is beside it, around the place where it was. Memory is used again as by {@link Detect}. */
export type DetectAround = (picture: Picture, box: Box) => Promise<Detection[]>;

/**
 * Pictures as a detector takes them: the long side at `sidePx`, top left, the rest black. A network that takes any size
 * gets no more rows and columns than the picture needs: a 4:3 picture saves a quarter of the work.
 * The view is kept, and so is its memory, until a picture of another size or format comes.
 */
export function viewer(sidePx: number, { multipleOfPx, dynamic }: DetectorInput): (picture: Picture) => View {
  let kept: { readonly picture: Omit<Picture, 'data'>; readonly view: View } | undefined;
  const needed = (px: number) => (dynamic ? Math.ceil((px - 0.01) / multipleOfPx) * multipleOfPx : sidePx);
  return (picture) => {
    const { widthPx, heightPx, format } = picture;
    const before = kept?.picture;
    if (!kept || before?.widthPx !== widthPx || before.heightPx !== heightPx || before.format !== format) {
      const scale = sidePx / Math.max(widthPx, heightPx);
      const size = { widthPx: needed(widthPx * scale), heightPx: needed(heightPx * scale) };
      kept = { picture: { widthPx, heightPx, format }, view: viewOf(picture, scale, size) };
    }
    kept.view.draw(picture);
    return kept.view;
  };
}

/**
 * Greedy non-maximum suppression: the best box stays, what overlaps it goes. A box inside another goes as well,
 * however small: two passes may see one face at two sizes, and nobody's face lies within another's.
 */
export function withoutOverlaps(found: readonly Detection[], iouThreshold: number): Detection[] {
  const kept: Detection[] = [];
  for (const candidate of [...found].sort((a, b) => b.score - a.score)) {
    if (kept.every((other) => !areOneFace(other.box, candidate.box, iouThreshold))) kept.push(candidate);
  }
  return kept;
}

/** Detections by the size of their boxes. */
export function largestFirst(found: readonly Detection[]): Detection[] {
  return [...found].sort((a, b) => area(b.box) - area(a.box));
}

/** The share of the smaller box that may lie in the larger one. */
const mostContained = 0.6;

function areOneFace(a: Box, b: Box, iouThreshold: number): boolean {
  const iou = intersectionOverUnion(a, b);
  const shared = (iou * (area(a) + area(b))) / (1 + iou);
  return iou > iouThreshold || shared > mostContained * Math.min(area(a), area(b));
}

function area({ width, height }: Box): number {
  return width * height;
}
