import type { Box, Point } from '../domain/face.ts';
import type { Sighting } from '../domain/sighting.ts';
import { type Interval, shareInterval } from './statistics.ts';

/** A face that is known to be in a picture. */
export interface TrueFace {
  readonly person: string;
  /** From hairline to chin. */
  readonly box: Box;
  /** Eye centres, the one further left in the picture first; `null` where nobody measured them. */
  readonly eyes: readonly [Point, Point] | null;
}

/** Whether a known face was found, and how well. */
export interface FaceOutcome {
  readonly person: string;
  readonly widthPx: number;
  readonly found: boolean;
  /** Mean distance of the eye centres from the true ones, as a share of the distance between the true ones. */
  readonly eyeError: number | null;
}

/** What one picture gave: each known face, and how many faces were reported where none is. */
export interface PictureOutcome {
  readonly faces: readonly FaceOutcome[];
  readonly falseFaces: number;
}

/**
 * Hold what was found against what is there. Detectors draw boxes differently, so a face counts as found when the middle
 * of a reported box lies in the true one and its width is between half and twice the true width; each reported face
 * answers for one known face.
 */
export function judgePicture(known: readonly TrueFace[], sightings: readonly Sighting[]): PictureOutcome {
  const free = new Set(sightings);
  const faces = known.map((face): FaceOutcome => {
    const [nearest] = [...free]
      .filter(({ face: { box } }) => isSame(face.box, box))
      .sort((a, b) => off(face, a) - off(face, b));
    if (nearest !== undefined) free.delete(nearest);
    return {
      person: face.person,
      widthPx: face.box.width,
      found: nearest !== undefined,
      eyeError: nearest === undefined || face.eyes === null ? null : eyeError(face.eyes, nearest),
    };
  });
  return { faces, falseFaces: free.size };
}

function isSame(truth: Box, box: Box): boolean {
  const middle = centre(box);
  const inside =
    middle.x >= truth.x &&
    middle.x <= truth.x + truth.width &&
    middle.y >= truth.y &&
    middle.y <= truth.y + truth.height;
  return inside && box.width >= truth.width / 2 && box.width <= truth.width * 2;
}

function off(face: TrueFace, { face: { box } }: Sighting): number {
  return apart(centre(face.box), centre(box));
}

function eyeError([left, right]: readonly [Point, Point], { face }: Sighting): number {
  const { leftEye, rightEye } = face.landmarks;
  return (apart(left, leftEye) + apart(right, rightEye)) / 2 / apart(left, right);
}

function centre({ x, y, width, height }: Box): Point {
  return { x: x + width / 2, y: y + height / 2 };
}

function apart(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

/** Faces of about one size. */
export interface SizeBin {
  /** `from` up to but without `to`, in pixels of face width. */
  readonly fromPx: number;
  readonly toPx: number;
  readonly faces: number;
  readonly people: number;
  readonly recall: number;
  /** As if the faces were independent; those of one person are not, so it is rather too narrow. */
  readonly recallInterval95: Interval;
  /** Median and 95th percentile over the found faces whose eyes are known; `null` without any. */
  readonly eyeErrorMedian: number | null;
  readonly eyeErrorWorst5: number | null;
}

/** Edges of the bins, in pixels of face width. */
const edges = [0, 32, 48, 64, 96, 128, 192, Number.POSITIVE_INFINITY];

/** Faces by their width; sizes that do not occur are left out. */
export function bySize(faces: readonly FaceOutcome[]): SizeBin[] {
  return edges.slice(1).flatMap((toPx, i) => {
    const fromPx = edges[i]!;
    const bin = faces.filter(({ widthPx }) => widthPx >= fromPx && widthPx < toPx);
    return bin.length === 0 ? [] : [{ fromPx, toPx, ...figuresOf(bin) }];
  });
}

function figuresOf(faces: readonly FaceOutcome[]): Omit<SizeBin, 'fromPx' | 'toPx'> {
  const found = faces.filter((face) => face.found).length;
  const errors = faces.flatMap(({ eyeError: error }) => error ?? []).sort((a, b) => a - b);
  const at = (share: number) => errors[Math.floor(errors.length * share)] ?? null;
  return {
    faces: faces.length,
    people: new Set(faces.map(({ person }) => person)).size,
    recall: found / faces.length,
    recallInterval95: shareInterval(found, faces.length),
    eyeErrorMedian: at(0.5),
    eyeErrorWorst5: at(0.95),
  };
}
