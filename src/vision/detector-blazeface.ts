import type { Box, Point } from '../domain/face.ts';
import type { Network, Tensor } from '../engine/engine.ts';
import { type Detect, type Detection, largestFirst, viewer, withoutOverlaps } from './detector.ts';
import type { BlazeFaceSpec } from './detector-manifest.ts';
import { squareAt } from './landmarks.ts';
import type { Affine } from './pixels.ts';
import { outputOf } from './tensors.ts';

/** Box (4 numbers) and six points (12) that each anchor predicts. */
const perAnchor = 16;

/**
 * BlazeFace (Bazarevsky et al. 2019, arXiv 1907.05047): each cell of two grids predicts a few boxes, with six points in
 * each, as offsets in pixels from the middle of the cell. `sidePx` is the long side at which it looks at a picture:
 * the larger, the smaller the faces it finds.
 */
export function blazeFaceOver(network: Network, spec: BlazeFaceSpec, sidePx: number): Detect {
  const { input, output, iouThreshold } = spec;
  const view = viewer(sidePx, input);
  return async (picture) => {
    const { planes, scale } = view(picture);
    const dims = [1, 3, planes.heightPx, planes.widthPx];
    const results = await network.run({ [input.name]: { dims, data: planes.data } });
    const found = output.grids.flatMap(({ stridePx, anchors }) =>
      decodeGrid(gridOf(results, stridePx), { stridePx, anchors, scale, leastScore: spec.scoreThreshold }),
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

interface Decoding {
  readonly stridePx: number;
  readonly anchors: number;
  /** Network pixels per picture pixel. */
  readonly scale: number;
  readonly leastScore: number;
}

function decodeGrid({ scores, boxes }: Grid, { stridePx, anchors, scale, leastScore }: Decoding): Detection[] {
  const columns = scores.dims[3] as number;
  const cells = columns * (scores.dims[2] as number);
  const leastLogit = Math.log(leastScore / (1 - leastScore));
  const found: Detection[] = [];
  for (let anchor = 0; anchor < anchors; anchor++) {
    for (let cell = 0; cell < cells; cell++) {
      const logit = scores.data[anchor * cells + cell]!;
      if (!(logit >= leastLogit)) continue;
      const value = (channel: number) => boxes.data[(anchor * perAnchor + channel) * cells + cell]!;
      const middle = { x: ((cell % columns) + 0.5) * stridePx, y: (Math.floor(cell / columns) + 0.5) * stridePx };
      const point = (channel: number) => ({
        x: (middle.x + value(channel)) / scale,
        y: (middle.y + value(channel + 1)) / scale,
      });
      const [centre, width, height] = [point(0), value(2) / scale, value(3) / scale];
      const box = { x: centre.x - width / 2, y: centre.y - height / 2, width, height };
      found.push({ box, score: 1 / (1 + Math.exp(-logit)), square: squareOn(box, point(4), point(6)) });
    }
  }
  return found;
}
