import type { Box, Point } from '../domain/face.ts';
import type { Network, Tensor } from '../engine/engine.ts';
import { type Detect, type DetectAround, type Detection, largestFirst, viewer, withoutOverlaps } from './detector.ts';
import type { BlazeFaceSpec } from './detector-manifest.ts';
import { squareAt } from './landmarks.ts';
import { type Affine, planes as blackPlanes, type Planes, warp } from './pixels.ts';
import { outputOf } from './tensors.ts';

/** Box (4 numbers) and six points (12) that each anchor predicts. */
const perAnchor = 16;

/**
 * BlazeFace (Bazarevsky et al. 2019, arXiv 1907.05047): each cell of two grids predicts a few boxes, with six points in
 * each, as offsets in pixels from the middle of the cell. `sidePx` is the long side at which it looks at a picture:
 * the larger, the smaller the faces it finds.
 */
export function blazeFaceOver(network: Network, spec: BlazeFaceSpec, sidePx: number): Detect {
  const view = viewer(sidePx, spec.input);
  const detect = detectorOver(network, spec);
  return (picture) => {
    const { planes, scale } = view(picture);
    return detect(planes, { scale, left: 0, top: 0 });
  };
}

/** How much of the picture around a face is searched for it again, in widths of the face. */
const surroundingWidths = 2.2;

/** The same detector on a small square around a place where a face was: it finds that face again for little work. */
export function blazeFaceAround(network: Network, spec: BlazeFaceSpec, sidePx: number): DetectAround {
  const planes = blackPlanes(sidePx, sidePx);
  const detect = detectorOver(network, spec);
  return (picture, { x, y, width, height }) => {
    const side = surroundingWidths * Math.max(width, height);
    const [left, top] = [x + (width - side) / 2, y + (height - side) / 2];
    const perPx = side / sidePx;
    warp(picture, { xx: perPx, xy: 0, x0: left, yx: 0, yy: perPx, y0: top }, planes, { most: 2 });
    return detect(planes, { scale: 1 / perPx, left, top });
  };
}

function detectorOver(network: Network, { input, output, iouThreshold, scoreThreshold }: BlazeFaceSpec) {
  return async (planes: Planes, frame: Frame): Promise<Detection[]> => {
    const dims = [1, 3, planes.heightPx, planes.widthPx];
    const results = await network.run({ [input.name]: { dims, data: planes.data } });
    const found = output.grids.flatMap(({ stridePx, anchors }) =>
      decodeGrid(gridOf(results, stridePx), { stridePx, anchors, frame, leastScore: scoreThreshold }),
    );
    return largestFirst(withoutOverlaps(found, iouThreshold));
  };
}

/**
 * The face's square by its box and the line through its eyes. BlazeFace's boxes reach from brows to chin and sit a little
 * high (measured on rendered people; on LFW it is the same).
 */
function squareOn({ x, y, width, height }: Box, leftEye: Point, rightEye: Point): Affine {
  const length = Math.hypot(rightEye.x - leftEye.x, rightEye.y - leftEye.y);
  const [cosine, sine] = [(rightEye.x - leftEye.x) / length, (rightEye.y - leftEye.y) / length];
  const lower = 0.05 * width;
  const centre = { x: x + width / 2 - lower * sine, y: y + height / 2 + lower * cosine };
  return squareAt(centre, 1.09 * width, { cosine, sine });
}

interface Grid {
  readonly scores: Tensor;
  readonly boxes: Tensor;
}

function gridOf(results: Readonly<Record<string, Tensor>>, stridePx: number): Grid {
  return { scores: outputOf(results, `scores_${stridePx}`), boxes: outputOf(results, `boxes_${stridePx}`) };
}

/** Which part of a picture the network was shown. */
interface Frame {
  /** Network pixels per picture pixel. */
  readonly scale: number;
  /** Where the part begins, in pixels of the picture. */
  readonly left: number;
  readonly top: number;
}

interface Decoding {
  readonly stridePx: number;
  readonly anchors: number;
  readonly frame: Frame;
  readonly leastScore: number;
}

function decodeGrid({ scores, boxes }: Grid, { stridePx, anchors, frame, leastScore }: Decoding): Detection[] {
  const columns = scores.dims[3] as number;
  const cells = columns * (scores.dims[2] as number);
  const { scale, left, top } = frame;
  const leastLogit = Math.log(leastScore / (1 - leastScore));
  const found: Detection[] = [];
  for (let anchor = 0; anchor < anchors; anchor++) {
    for (let cell = 0; cell < cells; cell++) {
      const logit = scores.data[anchor * cells + cell]!;
      if (!(logit >= leastLogit)) continue;
      const value = (channel: number) => boxes.data[(anchor * perAnchor + channel) * cells + cell]!;
      const middle = { x: ((cell % columns) + 0.5) * stridePx, y: (Math.floor(cell / columns) + 0.5) * stridePx };
      const point = (channel: number) => ({
        x: left + (middle.x + value(channel)) / scale,
        y: top + (middle.y + value(channel + 1)) / scale,
      });
      const [centre, width, height] = [point(0), value(2) / scale, value(3) / scale];
      const box = { x: centre.x - width / 2, y: centre.y - height / 2, width, height };
      found.push({ box, score: 1 / (1 + Math.exp(-logit)), square: squareOn(box, point(4), point(6)) });
    }
  }
  return found;
}
