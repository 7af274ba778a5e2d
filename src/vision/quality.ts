import type { Face, Landmarks5, Point } from '../domain/face.ts';
import type { Quality, QualityFailure } from '../domain/quality.ts';
import { middle } from './landmarks.ts';
import type { Picture, Planes } from './pixels.ts';

/** Where "good enough to be recognised" begins; a site may set each (see the configuration's `recognition.quality`). */
export interface QualityGates {
  readonly minInterEyePx: number;
  readonly minSharpness: number;
  readonly maxYawDeg: number;
  readonly maxPitchDeg: number;
  readonly maxRollDeg: number;
  readonly minBrightness: number;
  readonly maxBrightness: number;
  readonly minContrast: number;
}

/** The aligned cut-out that would be embedded, and the share of its sides, in the middle, that shows nothing but face. */
export interface Cutout {
  readonly chip: Planes;
  readonly faceShare: number;
}

/** Measure a face and hold it against the gates. */
export function judgeQuality(face: Face, cutout: Cutout, picture: Picture, gates: QualityGates): Quality {
  const { leftEye, rightEye } = face.landmarks;
  const light = centreLuminance(cutout);
  const measured = {
    interEyePx: Math.hypot(rightEye.x - leftEye.x, rightEye.y - leftEye.y),
    sharpness: laplacianVariance(light),
    ...poseOf(face.landmarks),
    ...lightOf(light.values),
  };
  return { ...measured, failures: failuresOf(measured, isCutOff(face, picture), gates) };
}

type Measured = Omit<Quality, 'failures'>;

function failuresOf(measured: Measured, cutOff: boolean, gates: QualityGates): QualityFailure[] {
  const { yawDeg, pitchDeg, rollDeg } = measured;
  const level =
    Math.abs(yawDeg) <= gates.maxYawDeg &&
    Math.abs(pitchDeg) <= gates.maxPitchDeg &&
    Math.abs(rollDeg) <= gates.maxRollDeg;
  // Each is written as "not within", so that a measurement that is no number fails.
  const checks: ReadonlyArray<readonly [QualityFailure, boolean]> = [
    ['cut-off', cutOff],
    ['too-small', !(measured.interEyePx >= gates.minInterEyePx)],
    ['turned-away', !level],
    ['too-dark', !(measured.brightness >= gates.minBrightness)],
    ['too-bright', !(measured.brightness <= gates.maxBrightness)],
    ['low-contrast', !(measured.contrast >= gates.minContrast)],
    ['blurred', !(measured.sharpness >= gates.minSharpness)],
  ];
  return checks.filter(([, failed]) => failed).map(([failure]) => failure);
}

/** How far beyond the picture a box may reach, as a share of its side: detectors guess a little outside. */
const overhang = 0.1;

function isCutOff({ box, contour }: Face, { widthPx, heightPx }: Picture): boolean {
  const inside = ({ x, y }: Point) => x >= 0 && y >= 0 && x <= widthPx && y <= heightPx;
  if (contour && !contour.every(inside)) return true;
  const beyondX = Math.max(-box.x, box.x + box.width - widthPx);
  const beyondY = Math.max(-box.y, box.y + box.height - heightPx);
  return !(beyondX <= overhang * box.width && beyondY <= overhang * box.height);
}

/** How far the nose tip stands out from the plane of eyes and mouth, in distances between the eyes. */
const noseDepth = 0.55;
/** Where the nose tip lies between the line of the eyes (0) and of the mouth (1) in a level face. */
const noseLevel = 0.58;

/**
 * Rough head pose from five points: roll from the line of the eyes, yaw and pitch from how far the nose tip has
 * moved away from where it lies in a frontal face. Positive yaw looks to the picture's right, positive pitch down.
 */
export function poseOf(points: Landmarks5): Pick<Quality, 'yawDeg' | 'pitchDeg' | 'rollDeg'> {
  const roll = Math.atan2(points.rightEye.y - points.leftEye.y, points.rightEye.x - points.leftEye.x);
  const upright = ({ x, y }: Point): Point => ({
    x: x * Math.cos(roll) + y * Math.sin(roll),
    y: y * Math.cos(roll) - x * Math.sin(roll),
  });
  const [left, right] = [upright(points.leftEye), upright(points.rightEye)];
  const eyes = middle([left, right]);
  const mouth = middle([upright(points.mouthLeft), upright(points.mouthRight)]);
  const nose = upright(points.nose);
  const interEye = right.x - left.x;
  const level = (nose.y - eyes.y) / (mouth.y - eyes.y);
  const sideways = (nose.x - (eyes.x + (mouth.x - eyes.x) * level)) / interEye;
  const down = ((level - noseLevel) * (mouth.y - eyes.y)) / interEye;
  return {
    yawDeg: degrees(Math.atan(sideways / noseDepth)),
    pitchDeg: degrees(Math.atan(down / noseDepth)),
    rollDeg: degrees(roll),
  };
}

function degrees(radians: number): number {
  return (radians * 180) / Math.PI;
}

interface Grey {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly values: Float32Array;
}

/** Filled again for every face: judging never yields, and 30 kB per face of every frame would be garbage. */
let luminance = new Float32Array(0);

/** Luminance (BT.601) of the chip's middle: without the corners, which show the background. */
function centreLuminance({ chip: { widthPx, heightPx, data }, faceShare }: Cutout): Grey {
  const left = Math.round((widthPx * (1 - faceShare)) / 2);
  const top = Math.round((heightPx * (1 - faceShare)) / 2);
  const grey = { widthPx: widthPx - 2 * left, heightPx: heightPx - 2 * top };
  const count = grey.widthPx * grey.heightPx;
  if (luminance.length !== count) luminance = new Float32Array(count);
  const values = luminance;
  const plane = widthPx * heightPx;
  for (let y = 0, i = 0; y < grey.heightPx; y++) {
    for (let at = (top + y) * widthPx + left, end = at + grey.widthPx; at < end; at++, i++) {
      values[i] = 0.299 * data[at]! + 0.587 * data[at + plane]! + 0.114 * data[at + 2 * plane]!;
    }
  }
  return { ...grey, values };
}

/** Variance of the Laplacian (Pech-Pacheco et al. 2000): a blurred picture has few second differences. */
function laplacianVariance({ widthPx, heightPx, values }: Grey): number {
  let sum = 0;
  let squares = 0;
  for (let y = 1; y < heightPx - 1; y++) {
    for (let at = y * widthPx + 1, end = at + widthPx - 2; at < end; at++) {
      const value = values[at - 1]! + values[at + 1]! + values[at - widthPx]! + values[at + widthPx]! - 4 * values[at]!;
      sum += value;
      squares += value * value;
    }
  }
  const count = (widthPx - 2) * (heightPx - 2);
  return squares / count - (sum / count) ** 2;
}

function lightOf(values: Float32Array): Pick<Quality, 'brightness' | 'contrast'> {
  let sum = 0;
  let squares = 0;
  for (const value of values) {
    sum += value;
    squares += value * value;
  }
  const brightness = sum / values.length;
  return { brightness, contrast: Math.sqrt(Math.max(0, squares / values.length - brightness * brightness)) };
}
