import { randomInt } from 'node:crypto';
import { type Box, intersectionOverUnion } from '../domain/face.ts';
import type { QualityFailure } from '../domain/quality.ts';
import type { Seen, Sighting } from '../domain/sighting.ts';
import { cosineDistance, type Template } from '../domain/template.ts';
import type { Observation } from './challenge.ts';

/** A sighting that passed every quality gate. */
export interface GoodSighting {
  readonly atMs: number;
  /** Which look it was, counted over all that the tracker was told of. */
  readonly look: number;
  readonly template: Template;
}

/** One face followed over frames: the evidence that a verdict is made of. */
export interface Track {
  readonly id: number;
  readonly firstSeenMs: number;
  lastSeenMs: number;
  /** The look that saw it last, as {@link GoodSighting.look}. */
  lastLook: number;
  box: Box;
  framesSeen: number;
  framesUsed: number;
  /** Since when the present attempt runs: moves on after a refusal, so that the next attempt starts afresh. */
  attemptSinceMs: number;
  firstGoodMs: number | null;
  /** The last `window` good sightings that were looked at in full, oldest first: what a verdict is made of. */
  readonly good: GoodSighting[];
  /** The last `window` good sightings of any kind, as a glimpse shows them where there is one. */
  readonly glances: GoodSighting[];
  /** The newest glance, kept through a rest: who steps in front of a resting track is not that track. */
  latestTemplate: Template | null;
  readonly failures: Map<QualityFailure, number>;
  /** What the newest sighting failed, to guide the person. */
  latestFailures: readonly QualityFailure[];
  /** Until then the track is at rest: it was granted or refused a moment ago. */
  restsUntilMs: number;
  /** What the networks said about the last good sightings, oldest first; kept through a rest, as are the next two. */
  readonly liveness: Sighting['liveness'][];
  /** Looks at the surroundings of good sightings, and in `looksMoving` of all: what speaks against life always counts. */
  looksStill: number;
  looksMoving: number;
  /** What the face did in the last good sightings: the answer to a challenge. */
  readonly observations: Observation[];
  /** Decides which challenge this attempt is given: drawn anew for every attempt, 0 to 1. */
  chance: number;
  readonly draw: () => number;
}

/** Liveness is judged over this many good sightings: about two seconds of a quick camera. */
const livenessWindow = 20;
/** No challenge lasts longer. */
const observedForMs = 30_000;

export interface TrackerOptions {
  /** M: how many good sightings a track remembers. */
  readonly window: number;
  /** A face unseen for this long has left … */
  readonly lostAfterMs?: number;
  /** … once so many looks have missed it: nobody is gone merely because nobody looked, as on a slow device. */
  readonly lostAfterLooks?: number;
  /** Least overlap of a face with the same face in the frame before. */
  readonly minOverlap?: number;
  /**
   * Two glances farther apart than this are two people (1 − cosine; the pack's impostor distribution gives it):
   * someone who steps in front of a granted person starts a track of their own.
   */
  readonly changeDistance: number;
  /**
   * One face is this near to itself from one good frame to the next. Beyond it a look-alike may have taken its place: the
   * track goes on, its evidence of life does not. Default: `changeDistance`.
   */
  readonly sureDistance?: number;
  /** 0 (included) to 1, unpredictable. Default: the system's. */
  readonly random?: () => number;
}

/** However few looks there were: after this long nobody can say who was there before. */
const longestUnseenMs = 10_000;

const steps = 2 ** 32;
const unpredictable = () => randomInt(steps) / steps;

/** What one frame changed: the tracks seen in it, largest face first, and those that have left. */
export interface TrackUpdate {
  readonly seen: readonly Track[];
  readonly left: readonly Track[];
}

/** Follows faces from frame to frame, by overlap and by template agreement. */
export class Tracker {
  readonly #options: Required<TrackerOptions>;
  #tracks: Track[] = [];
  #nextId = 1;
  #looks = 0;

  constructor(options: TrackerOptions) {
    const sureDistance = options.changeDistance;
    const lost = { lostAfterMs: 1000, lostAfterLooks: 2 };
    this.#options = { ...lost, minOverlap: 0.2, random: unpredictable, sureDistance, ...options };
  }

  /** Take in one frame. */
  follow(seen: Seen): TrackUpdate {
    const left = this.#removeLost(seen.capturedAtMs);
    if (seen.leftOut !== true) this.#looks += 1;
    const free = new Set(this.#tracks);
    const tracks = seen.sightings.map((sighting) => {
      const track = this.#continuation(sighting, free) ?? this.#begin(sighting, seen.capturedAtMs);
      free.delete(track);
      this.#record(track, sighting, seen.capturedAtMs);
      return track;
    });
    return { seen: tracks, left };
  }

  /** Everybody leaves: the source of frames has ended. */
  end(): readonly Track[] {
    const left = this.#tracks;
    this.#tracks = [];
    return left;
  }

  #removeLost(nowMs: number): Track[] {
    const left = this.#tracks.filter((track) => this.#isLost(track, nowMs));
    if (left.length > 0) this.#tracks = this.#tracks.filter((track) => !left.includes(track));
    return left;
  }

  #isLost({ lastLook, lastSeenMs }: Track, nowMs: number): boolean {
    const unseenMs = nowMs - lastSeenMs;
    const { lostAfterLooks, lostAfterMs } = this.#options;
    return unseenMs > longestUnseenMs || (unseenMs > lostAfterMs && this.#looks - lastLook >= lostAfterLooks);
  }

  #continuation(sighting: Sighting, free: ReadonlySet<Track>): Track | undefined {
    let best: Track | undefined;
    let bestOverlap = this.#options.minOverlap;
    for (const track of free) {
      const overlap = intersectionOverUnion(track.box, sighting.face.box);
      // Written as "not at least": a box that is no number overlaps nobody.
      if (!(overlap >= bestOverlap) || !this.#samePerson(track, sighting)) continue;
      best = track;
      bestOverlap = overlap;
    }
    return best;
  }

  #samePerson(track: Track, sighting: Sighting): boolean {
    const glance = glanceOf(sighting);
    if (track.latestTemplate === null || glance === null) return true;
    return cosineDistance(track.latestTemplate, glance) <= this.#options.changeDistance;
  }

  #surelySame({ latestTemplate }: Track, template: Template): boolean {
    // Written as "not within": a distance that is no number is not the same face.
    return latestTemplate === null || cosineDistance(latestTemplate, template) <= this.#options.sureDistance;
  }

  #begin(sighting: Sighting, atMs: number): Track {
    const track: Track = {
      id: this.#nextId++,
      firstSeenMs: atMs,
      lastSeenMs: atMs,
      lastLook: this.#looks,
      box: sighting.face.box,
      framesSeen: 0,
      framesUsed: 0,
      attemptSinceMs: atMs,
      firstGoodMs: null,
      good: [],
      glances: [],
      latestTemplate: null,
      failures: new Map(),
      latestFailures: [],
      restsUntilMs: Number.NEGATIVE_INFINITY,
      liveness: [],
      looksStill: 0,
      looksMoving: 0,
      observations: [],
      chance: this.#options.random(),
      draw: this.#options.random,
    };
    this.#tracks.push(track);
    return track;
  }

  #keep(sightings: GoodSighting[], newest: GoodSighting): void {
    sightings.push(newest);
    if (sightings.length > this.#options.window) sightings.shift();
  }

  #record(track: Track, sighting: Sighting, atMs: number): void {
    track.lastSeenMs = atMs;
    track.lastLook = this.#looks;
    track.box = sighting.face.box;
    track.framesSeen += 1;
    track.latestFailures = sighting.quality.failures;
    for (const failure of sighting.quality.failures) {
      track.failures.set(failure, (track.failures.get(failure) ?? 0) + 1);
    }
    track.looksMoving += sighting.signs?.moving ?? 0;
    // Only what is still the same person speaks for life or answers a challenge: a template says so, a box does not.
    const glance = glanceOf(sighting);
    if (glance === null) return;
    if (!this.#surelySame(track, glance)) forgetLife(track);
    track.latestTemplate = glance;
    track.looksStill += sighting.signs?.still ?? 0;
    track.framesUsed += 1;
    track.firstGoodMs ??= atMs;
    const look = this.#looks;
    this.#keep(track.glances, { atMs, look, template: glance });
    if (sighting.template !== null) this.#keep(track.good, { atMs, look, template: sighting.template });
    track.liveness.push(sighting.liveness);
    if (track.liveness.length > livenessWindow) track.liveness.shift();
    const { eyes = null, nose = null } = sighting.signs ?? {};
    track.observations.push({ atMs, yawDeg: sighting.quality.yawDeg, eyes, nose });
    while (atMs - (track.observations[0]?.atMs ?? atMs) > observedForMs) track.observations.shift();
  }
}

/** The cheapest look at a good sighting: all sightings of one vision have it, so one can be held against the next. */
function glanceOf({ glimpse, template }: Sighting): Template | null {
  return glimpse ?? template;
}

/** What showed that somebody is alive says nothing about who or what is there now. */
function forgetLife(track: Track): void {
  track.liveness.length = 0;
  track.looksStill = 0;
  track.observations.length = 0;
}

/** Let a track rest after its verdict; when it wakes, the next attempt starts with no evidence from this one. */
export function restTrack(track: Track, untilMs: number): void {
  track.restsUntilMs = untilMs;
  track.attemptSinceMs = untilMs;
  track.firstGoodMs = null;
  track.good.length = 0;
  track.glances.length = 0;
  track.chance = track.draw();
  track.failures.clear();
}
