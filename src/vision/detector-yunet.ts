import type { Network, Tensor } from '../engine/engine.ts';
import { type Detect, type Detection, largestFirst, viewer, withoutOverlaps } from './detector.ts';
import type { YunetSpec } from './detector-manifest.ts';
import { feed, shapeOf } from './feed.ts';
import { outputOf } from './tensors.ts';

/**
 * YuNet (Wu, Peng, Yu: YuNet, a tiny millisecond-level face detector, 2023): no anchors; each cell of three grids
 * predicts one box around itself. The five points that it gives as well are left: templates of faces aligned by the
 * landmark network are nearer to each other (LFW, accepted at 1 in 10,000: 97.3 % instead of 95.0 %).
 */
export function yunetOver(network: Network, spec: YunetSpec): Detect {
  const { input } = spec;
  const view = viewer(input.widthPx, input);
  const data = new Float32Array(3 * input.widthPx * input.heightPx);
  return async (picture) => {
    const { planes, scale } = view(picture);
    feed(planes, input, data);
    const results = await network.run({ [input.name]: { dims: shapeOf(input), data } });
    const found = spec.output.stridesPx.flatMap((stridePx) =>
      decodeStride(gridOf(results, stridePx), { stridePx, scale, spec }),
    );
    return largestFirst(withoutOverlaps(found, spec.iouThreshold));
  };
}

/** One stride's outputs, a row per cell. */
interface Grid {
  readonly classes: Float32Array;
  readonly objects: Float32Array;
  readonly boxes: Float32Array;
}

function gridOf(results: Readonly<Record<string, Tensor>>, stridePx: number): Grid {
  const output = (name: string) => outputOf(results, `${name}_${stridePx}`).data;
  return { classes: output('cls'), objects: output('obj'), boxes: output('bbox') };
}

interface Decoding {
  readonly stridePx: number;
  /** Network pixels per picture pixel. */
  readonly scale: number;
  readonly spec: YunetSpec;
}

function decodeStride(grid: Grid, { stridePx, scale, spec }: Decoding): Detection[] {
  const columns = spec.input.widthPx / stridePx;
  const cellPx = stridePx / scale;
  const found: Detection[] = [];
  for (let cell = 0; cell < grid.classes.length; cell++) {
    const score = Math.sqrt(Math.max(0, grid.classes[cell]!) * Math.max(0, grid.objects[cell]!));
    if (!(score >= spec.scoreThreshold)) continue;
    const column = cell % columns;
    const row = Math.floor(cell / columns);
    const [dx, dy, logWidth, logHeight] = grid.boxes.subarray(4 * cell, 4 * cell + 4) as unknown as Four;
    const width = Math.exp(logWidth) * cellPx;
    const height = Math.exp(logHeight) * cellPx;
    const box = { x: (column + dx) * cellPx - width / 2, y: (row + dy) * cellPx - height / 2, width, height };
    found.push({ box, score: Math.min(1, score) });
  }
  return found;
}

type Four = [number, number, number, number];
