import { type Box, intersectionOverUnion, type Landmarks5 } from '../domain/face.ts';
import type { Network } from '../engine/engine.ts';
import type { DetectorInput, TinyYolo2Spec } from './detector-manifest.ts';
import { type Picture, type Planes, planes, shrink, warp } from './pixels.ts';
import { outputOf } from './tensors.ts';

/** A face the detector found, before landmarks. */
export interface Detection {
  readonly box: Box;
  /** 0 to 1. */
  readonly score: number;
  /** What the detector itself says of the five points, where it does. */
  readonly landmarks?: Landmarks5;
}

/** Find the faces in a picture, the largest first, overlapping ones merged into the best. */
export type Detect = (picture: Picture) => Promise<Detection[]>;

/**
 * A detector of the tiny YOLO v2 kind (Redmon & Farhadi, arXiv 1612.08242): each cell of a grid predicts one box per
 * anchor, as an offset within the cell and a power of the anchor's size.
 * Its anchors span faces of few sizes only, so it looks at each picture once per entry of `spec.input.passesPx`:
 * a large pass for faces far away, a small and cheap one for faces close to the camera.
 */
export function detectorOver(network: Network, spec: TinyYolo2Spec): Detect {
  return async (picture) => {
    const found: Detection[] = [];
    let view: View | undefined;
    for (const sidePx of passesOf(spec)) {
      view = letterboxed(picture, view, sidePx, spec.input);
      const { input, scale } = view;
      const dims = [1, 3, input.heightPx, input.widthPx];
      const results = await network.run({ [spec.input.name]: { dims, data: input.data } });
      const { data, dims: shape } = outputOf(results, spec.output.name);
      found.push(...decodeGrid(data, { rows: shape[2] as number, columns: shape[3] as number, scale, spec }));
    }
    return largestFirst(withoutOverlaps(found, spec.iouThreshold));
  };
}

function passesOf({ input }: TinyYolo2Spec): readonly number[] {
  return input.dynamic && input.passesPx ? input.passesPx : [input.widthPx];
}

/** A picture as the network sees it. */
interface View {
  readonly input: Planes;
  /** Network pixels per picture pixel. */
  readonly scale: number;
}

/**
 * The picture with its long side at `sidePx`, top left, the rest black; made from the pass before where there was one,
 * which is faster than sampling the picture again. A network that takes any size gets no more rows and columns than
 * the picture needs: a 4:3 picture saves a quarter of the work.
 */
export function letterboxed(picture: Picture, before: View | undefined, sidePx: number, spec: DetectorInput): View {
  const { multipleOfPx, dynamic } = spec;
  const scale = sidePx / Math.max(picture.widthPx, picture.heightPx);
  const needed = (px: number) => (dynamic ? Math.ceil((px * scale - 0.01) / multipleOfPx) * multipleOfPx : sidePx);
  const input = planes(needed(picture.widthPx), needed(picture.heightPx));
  if (before) shrink(before.input, before.scale / scale, input);
  else warp(picture, { xx: 1 / scale, xy: 0, x0: 0, yx: 0, yy: 1 / scale, y0: 0 }, input);
  return { scale, input };
}

interface Grid {
  readonly rows: number;
  readonly columns: number;
  /** Network pixels per picture pixel. */
  readonly scale: number;
  readonly spec: TinyYolo2Spec;
}

/** Boxes of the raw grid `[anchors * (x, y, width, height, score), rows, columns]`, in pixels of the picture. */
function decodeGrid(grid: Float32Array, { rows, columns, scale, spec }: Grid): Detection[] {
  const cells = rows * columns;
  const cellPx = spec.output.stridePx / scale;
  const found: Detection[] = [];
  for (const [anchor, [anchorWidth, anchorHeight]] of spec.output.anchors.entries()) {
    const value = (channel: number, cell: number) => grid[(anchor * 5 + channel) * cells + cell] as number;
    for (let cell = 0; cell < cells; cell++) {
      const score = sigmoid(value(4, cell));
      if (score < spec.scoreThreshold) continue;
      const width = Math.exp(value(2, cell)) * anchorWidth * cellPx;
      const height = Math.exp(value(3, cell)) * anchorHeight * cellPx;
      const x = ((cell % columns) + sigmoid(value(0, cell))) * cellPx - width / 2;
      const y = (Math.floor(cell / columns) + sigmoid(value(1, cell))) * cellPx - height / 2;
      found.push({ box: { x, y, width, height }, score });
    }
  }
  return found;
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

function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}

function area({ width, height }: Box): number {
  return width * height;
}
