import type { Face, Landmarks5 } from '../domain/face.ts';
import { chipPlace, mirroredAt, similarityBetween, symmetryAxisPx } from './align.ts';
import type { AlignmentSpec } from './embedder-manifest.ts';
import type { Affine } from './pixels.ts';

/**
 * Where eye centres, nose tip and mouth corners lie in ArcFace's chip of 112 pixels, which the embedders of its
 * family were trained on (Deng et al. 2019, arXiv 1801.07698; counted from the middle of the first pixel).
 */
const arcface112: ReadonlyArray<readonly [keyof Landmarks5, x: number, y: number]> = [
  ['leftEye', 38.2946, 51.6963],
  ['rightEye', 73.5318, 51.5014],
  ['nose', 56.0252, 71.7366],
  ['mouthLeft', 41.5493, 92.3655],
  ['mouthRight', 70.7299, 92.2041],
];

/** Where each pixel of the chip that an embedder takes lies in the camera's picture. */
export function placeChip({ contour, landmarks }: Pick<Face, 'contour' | 'landmarks'>, to: AlignmentSpec): Affine {
  if (to.template === 'dlib-chip-68') return chipPlace(contour ?? [], to);
  const scale = to.sizePx / 112;
  const chip = arcface112.map(([, x, y]) => ({ x: (x + 0.5) * scale, y: (y + 0.5) * scale }));
  return similarityBetween(
    chip,
    arcface112.map(([name]) => landmarks[name]),
  );
}

/** The same chip seen in a mirror, the face in the same place. */
export function mirroredChip(place: Affine, to: AlignmentSpec): Affine {
  // ArcFace's embedders were trained on chips mirrored about their own middle.
  return mirroredAt(place, to.template === 'dlib-chip-68' ? symmetryAxisPx(to) : to.sizePx / 2);
}

/** The share of a chip's sides, in its middle, that shows nothing but face. */
export function faceShareOf(to: AlignmentSpec): number {
  return to.template === 'dlib-chip-68' ? 0.9 / (1 + 2 * to.paddingRatio) : 0.6;
}
