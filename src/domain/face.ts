/** A place in a picture, in pixels, origin top left. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A rectangle in a picture, in pixels; it may reach outside the picture when a face is cut off. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Eyes, nose tip and mouth corners as they appear in the picture: `left` is nearer to the picture's left edge. */
export interface Landmarks5 {
  readonly leftEye: Point;
  readonly rightEye: Point;
  readonly nose: Point;
  readonly mouthLeft: Point;
  readonly mouthRight: Point;
}

/** One detected face. */
export interface Face {
  readonly box: Box;
  readonly landmarks: Landmarks5;
  /** The full contour, when the pack's landmark network gives one: 68 points in the iBUG order. */
  readonly contour: readonly Point[] | null;
  /** The detector's confidence, 0 to 1. */
  readonly score: number;
}

/** Intersection over union of two boxes, 0 to 1. */
export function intersectionOverUnion(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (a.width * a.height + b.width * b.height - shared);
}
