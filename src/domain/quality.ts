/** Why a sighting is not good enough to be recognised; each one is a hint that the person at the door can act on. */
export type QualityFailure =
  | 'too-small'
  | 'blurred'
  | 'turned-away'
  | 'too-dark'
  | 'too-bright'
  | 'low-contrast'
  | 'cut-off';

/** What was measured on one face, and which gates it failed. An empty `failures` means it may be embedded. */
export interface Quality {
  /** Distance between the eye centres in pixels (ISO/IEC 19794-5 calls it inter-eye distance). */
  readonly interEyePx: number;
  /** Variance of the Laplacian over the aligned grey chip: higher is sharper. */
  readonly sharpness: number;
  /** Rough head pose from the landmarks, degrees; 0 looks into the camera. */
  readonly yawDeg: number;
  readonly pitchDeg: number;
  readonly rollDeg: number;
  /** Mean luminance of the chip, 0 to 255. */
  readonly brightness: number;
  /** Standard deviation of the chip's luminance. */
  readonly contrast: number;
  readonly failures: readonly QualityFailure[];
}
