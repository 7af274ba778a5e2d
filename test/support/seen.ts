import type { QualityFailure } from '../../src/domain/quality.ts';
import type { Liveness, Seen, Sighting } from '../../src/domain/sighting.ts';
import type { Template } from '../../src/domain/template.ts';

/** What one face of a made-up frame is like; a sharp frontal one without a template unless said otherwise. */
export interface Shown {
  readonly template?: Template | null;
  readonly failures?: readonly QualityFailure[];
  readonly liveness?: Liveness | null;
  readonly x?: number;
}

/** A sighting that no camera made. */
export function faceAt({ template = null, failures = [], liveness = null, x = 100 }: Shown): Sighting {
  const at = { x: 0, y: 0 };
  return {
    face: {
      box: { x, y: 100, width: 100, height: 120 },
      landmarks: { leftEye: at, rightEye: at, nose: at, mouthLeft: at, mouthRight: at },
      contour: null,
      score: 0.9,
    },
    quality: {
      interEyePx: 50,
      sharpness: 90,
      yawDeg: 0,
      pitchDeg: 0,
      rollDeg: 0,
      brightness: 120,
      contrast: 40,
      failures,
    },
    liveness,
    template,
  };
}

/** A frame that no camera made. */
export function seenAt(atMs: number, sightings: readonly Sighting[]): Seen {
  const timings = { decodeMs: 0, detectMs: 0, landmarksMs: 0, embedMs: 0 };
  return { frameId: atMs, capturedAtMs: atMs, widthPx: 640, heightPx: 480, sightings, timings };
}
