import { recognitionSchema } from '../../src/config/recognition-schema.ts';
import type { QualityGates } from '../../src/vision/quality.ts';

export { openGates } from '../../src/evaluate/pictures.ts';

/** The gates as they are when the configuration says nothing. */
export const defaultGates: QualityGates = recognitionSchema.parse({}).quality;
