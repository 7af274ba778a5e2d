import { z } from 'zod';
import { filePath, milliseconds } from './common-schema.ts';

/** When someone is let in. Every default is on the strict side. */
export const recognitionSchema = z.strictObject({
  pack: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
    .default('faceapi')
    .describe('Names of packs or paths of their folders; the first that has a detector, an embedder … gives it'),
  nextPack: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
    .optional()
    .describe('Used in place of pack as soon as everybody has templates of its embedder; until then pack goes on'),
  engine: z
    .enum(['onnxruntime-node', 'onnxruntime-web', 'tfjs'])
    .default('onnxruntime-node')
    .describe(
      'What runs the networks: native code; WebAssembly where that does not load (slower); or TensorFlow.js, with or without @tensorflow/tfjs-node',
    ),
  projection: filePath
    .optional()
    .describe("What `limen adapt` has learned from this site's people; only with the embedder it was learned for"),
  targetFpir: z
    .number()
    .gt(0)
    .max(0.05)
    .default(0.001)
    .describe('How often a stranger may be taken for anyone in the gallery, per attempt: 0.001 is one in a thousand'),
  minMargin: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('How much farther the second person must be (1 - cosine); left out, it follows from the pack'),
  agreeing: z
    .number()
    .int()
    .min(2)
    .max(20)
    .default(3)
    .describe('N: good sightings that must agree on one person; at least 2, because one picture never opens a door'),
  window: z.number().int().min(2).max(40).default(5).describe('M: of the last M good sightings'),
  decideWithinMs: milliseconds(500, 60_000)
    .default(2500)
    .describe('A face that was good enough to recognise for this long, and is still nobody, is refused'),
  liveness: z
    .enum(['off', 'required'])
    .default('required')
    .describe('"required" grants nobody who was not judged alive; "off" lets a photograph pass'),
  challenge: z
    .enum(['off', 'blink', 'turn', 'any'])
    .default('off')
    .describe(
      'An act that everybody is asked for: to blink, to turn the head to a side drawn by lot, or one of them. A turn needs quality.maxYawDeg of 25 or more',
    ),
  challengeWithinMs: milliseconds(2000, 60_000)
    .default(8000)
    .describe('Who has not done it after this long is refused'),
  idleFps: z
    .number()
    .min(0.5)
    .max(60)
    .default(3)
    .describe('Pictures per second that are searched while nothing moves; all are, as soon as something does'),
  quality: z
    .strictObject({
      minInterEyePx: z.number().min(8).max(400).default(30).describe('Least distance between the eyes'),
      minSharpness: z.number().min(0).default(20).describe('Least variance of the Laplacian of the aligned face'),
      maxYawDeg: z.number().min(1).max(90).default(30).describe('Head turned aside by at most'),
      maxPitchDeg: z.number().min(1).max(90).default(30).describe('Head up or down by at most'),
      maxRollDeg: z.number().min(1).max(90).default(30).describe('Head tilted by at most'),
      minBrightness: z.number().min(0).max(255).default(35).describe('Mean luminance of the face, 0 to 255'),
      maxBrightness: z.number().min(0).max(255).default(225).describe('Mean luminance of the face, 0 to 255'),
      minContrast: z.number().min(0).max(128).default(12).describe('Least standard deviation of the luminance'),
    })
    .prefault({}),
});

export type RecognitionConfig = z.infer<typeof recognitionSchema>;
export type QualityConfig = RecognitionConfig['quality'];
