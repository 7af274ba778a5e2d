import { LimenError } from '../domain/errors.ts';
import { guidanceWords } from '../domain/guidance.ts';
import type { QualityFailure } from '../domain/quality.ts';
import type { Seen } from '../domain/sighting.ts';
import type { Template } from '../domain/template.ts';
import { fuseLiveness } from './liveness-fusion.ts';
import { type Track, Tracker } from './tracker.ts';

/** What makes a capture good enough to enrol somebody from. */
export interface CaptureDemands {
  readonly liveness: 'off' | 'required';
  /** As in `VerdictPolicy`. */
  readonly surroundingsSuffice?: boolean;
  /** As in `TrackerOptions`. */
  readonly changeDistance: number;
  readonly sureDistance: number;
}

/** So many good sightings end a capture … */
const wanted = 5;
/** … and so many are enough when the time is up. */
const least = 3;
/** Two pictures in a row show the same: the person has to have moved a little. */
const apartMs = 300;
/** Looks that are kept: more than what `wanted` takes at ten pictures a second. */
const window = 40;

/**
 * Collects good sightings of one face for an enrolment: the same face without a break, alone in the picture, through
 * every quality gate, alive where the site demands it. Somebody else in the picture begins it anew.
 */
export class Capture {
  readonly #demands: CaptureDemands;
  #tracker: Tracker;
  #track: Track | null = null;
  #crowded = 0;
  readonly #failures = new Map<QualityFailure, number>();

  constructor(demands: CaptureDemands) {
    this.#demands = demands;
    this.#tracker = this.#newTracker();
  }

  /** Take in one frame, looked at in full. Returns the templates once there are enough. */
  take(seen: Seen): Template[] | null {
    if (seen.sightings.length > 1) {
      // Nobody can tell which of the two is to be enrolled.
      this.#crowded += 1;
      this.#tracker = this.#newTracker();
      this.#track = null;
      return null;
    }
    this.#track = this.#tracker.follow(seen).seen[0] ?? this.#track;
    for (const failure of seen.sightings[0]?.quality.failures ?? [])
      this.#failures.set(failure, (this.#failures.get(failure) ?? 0) + 1);
    const templates = this.#apart();
    return templates.length >= wanted && this.#live ? templates.slice(0, wanted) : null;
  }

  /** The time is up. @throws LimenError `image.no-face`, `image.many-faces`, `image.poor-quality`, `image.not-alive`. */
  end(): Template[] {
    const templates = this.#apart();
    if (templates.length >= least && this.#live) return templates.slice(0, wanted);
    if (templates.length >= least)
      throw new LimenError('image.not-alive', 'What the camera saw was not shown to be a living face.', {
        hint: 'Let the person stand still before the camera, move the head a little, and enrol again.',
      });
    if (this.#crowded > 0 && this.#track === null)
      throw new LimenError('image.many-faces', 'More than one face was before the camera.', {
        hint: 'Let the person stand there alone, and enrol again.',
      });
    if (this.#track === null)
      throw new LimenError('image.no-face', 'Nobody was before the camera.', {
        hint: 'Let the person look at the camera, and enrol again.',
      });
    // The sentence goes to the hub without its mend, so that the mend is in it.
    const found = `There were ${templates.length} good looks at the face, and ${least} are needed`;
    throw new LimenError('image.poor-quality', `${found}: ${this.#guidance()}.`);
  }

  /** Good sightings of the face that is there, each a while after the one before. */
  #apart(): Template[] {
    const kept: { atMs: number; template: Template }[] = [];
    for (const sighting of this.#track?.good ?? []) {
      if (sighting.atMs >= (kept.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY) + apartMs) kept.push(sighting);
    }
    return kept.map(({ template }) => template);
  }

  get #live(): boolean {
    const { liveness, surroundingsSuffice = false } = this.#demands;
    if (liveness === 'off') return true;
    if (this.#track === null) return false;
    const { looksStill: still, looksMoving: moving } = this.#track;
    return fuseLiveness(this.#track.liveness, { still, moving }, { surroundingsSuffice }).live;
  }

  #guidance(): string {
    const [worst] = [...this.#failures].sort((a, b) => b[1] - a[1]);
    return worst === undefined ? 'stay before the camera for a few seconds' : guidanceWords[worst[0]];
  }

  #newTracker(): Tracker {
    const { changeDistance, sureDistance } = this.#demands;
    return new Tracker({ window, changeDistance, sureDistance });
  }
}
