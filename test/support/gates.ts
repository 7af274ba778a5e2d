import { recognitionSchema } from '../../src/config/schema.ts';
import type { QualityGates } from '../../src/vision/quality.ts';

/** The gates as they are when the configuration says nothing. */
export const defaultGates: QualityGates = recognitionSchema.parse({}).quality;
/** Gates that everything passes. */
export const openGates: QualityGates = {
  minInterEyePx: 0,
  minSharpness: 0,
  maxYawDeg: 90,
  maxPitchDeg: 90,
  maxRollDeg: 180,
  minBrightness: 0,
  maxBrightness: 255,
  minContrast: 0,
};
