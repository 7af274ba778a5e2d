import type { Guidance } from '../domain/guidance.ts';
import type { Person } from '../domain/person.ts';
import type { DenialReason, Evidence, Match, Verdict } from '../domain/verdict.ts';
import type { Gallery } from '../gallery/gallery.ts';
import { type ChallengeDemand, type ChallengeTask, isTurning, metAt, taskFor } from './challenge.ts';
import { fuseLiveness, type LivenessFinding } from './liveness-fusion.ts';
import { rankOnce } from './rank-once.ts';
import { rankTogether } from './rank-together.ts';
import type { GoodSighting, Track } from './tracker.ts';

/** What a site demands before it lets anyone in. */
export interface VerdictPolicy {
  /** τ: the largest distance (1 − cosine) that may be granted for the gallery's present size. */
  readonly threshold: number;
  /** How much farther the second person must be. */
  readonly minMargin: number;
  /** N: sightings that must agree … */
  readonly agreeing: number;
  /** … of the last M good ones. */
  readonly window: number;
  /** A face that was recognisable for this long and is still nobody is refused. */
  readonly decideWithinMs: number;
  readonly liveness: 'off' | 'required';
  /** The pack has no network for liveness: still surroundings are enough. Default false, which fails closed. */
  readonly surroundingsSuffice?: boolean;
  /** An act that every attempt has to answer with; default off. */
  readonly challenge?: ChallengeDemand;
  /** For this long, from the first good sighting on. */
  readonly challengeWithinMs?: number;
}

export interface Circumstances {
  readonly gallery: Gallery;
  readonly policy: VerdictPolicy;
  /** Monotonic, the clock that frames are stamped with. */
  readonly nowMs: number;
  /** Wall clock, for validity periods. */
  readonly now: Date;
  /** The face has left: decide on what there is. */
  readonly last?: boolean;
}

/**
 * Decide over one track: pure, and fail-closed, because a grant needs every condition and a missing number fulfils none.
 *
 * Grants as soon as N of the last M good sightings agree on one person, their mean distance is within τ, the second
 * person is far enough behind and liveness passed. Refuses when the time is up, or the face has left with enough
 * evidence behind it. Until then it is undecided, with guidance where a quality gate failed.
 */
export function decide(track: Track, circumstances: Circumstances): Verdict {
  const { gallery, policy, nowMs } = circumstances;
  if (nowMs < track.restsUntilMs) return { kind: 'undecided', guidance: null };
  const finding = assess(track, circumstances);
  const evidence = evidenceOf(track, finding, circumstances);
  const person = finding.match.kind === 'known' ? gallery.people.get(finding.match.personId) : undefined;
  if (person !== undefined) {
    // Whose time has ended is told so, which nobody else may learn with that person's picture: life comes first.
    const obstacle =
      livenessObstacle(finding, policy) ?? challengeObstacle(finding) ?? validity(person, circumstances.now);
    if (obstacle === null) return { kind: 'grant', personId: person.id, name: person.name, evidence };
    const isFinal = obstacle === 'not-yet-valid' || obstacle === 'expired';
    const isUp = obstacle === 'challenge-failed' ? challengeIsOver : timeIsUp;
    if (isFinal || isUp(track, circumstances)) return { kind: 'deny', reason: obstacle, personId: person.id, evidence };
  } else if (isJudged(track, finding, circumstances) && !isAnswering(track, finding, circumstances)) {
    return { kind: 'deny', reason: reasonFor(finding, gallery), personId: null, evidence };
  } else if (hopeless(track, circumstances)) {
    return { kind: 'deny', reason: 'poor-quality', personId: null, evidence };
  }
  return { kind: 'undecided', guidance: guidanceFor(track, finding, policy) };
}

/** Whoever was asked to turn the head is not told to look at the camera for doing so. */
function guidanceFor(track: Track, { challenge, liveness }: Finding, policy: VerdictPolicy): Guidance | null {
  // What stands as still as the wall behind it shows no sign of life.
  const tooStill = policy.liveness === 'required' && liveness.score === null && track.glances.length >= policy.agreeing;
  const asked = challenge && !challenge.met ? challenge.task : tooStill ? 'move-a-little' : null;
  const failure = track.latestFailures.find((one) => challenge === null || challenge.met || one !== 'turned-away');
  return failure ?? asked;
}

interface Finding {
  readonly match: Match;
  /** Near enough to somebody, but the second person is too near as well. */
  readonly ambiguous: boolean;
  readonly agreeing: number;
  readonly distance: number | null;
  readonly margin: number | null;
  readonly liveness: LivenessFinding;
  /** `null` where the site asks for nothing, or nothing has been asked yet. */
  readonly challenge: { readonly task: ChallengeTask; readonly met: boolean } | null;
}

type Agreement = Omit<Finding, 'liveness' | 'challenge'> & { readonly newestMs: number | null };

const nobody: Agreement = {
  match: { kind: 'unknown', nearest: null },
  ambiguous: false,
  agreeing: 0,
  distance: null,
  margin: null,
  newestMs: null,
};

/** One frame never opens a door, whatever a policy says. */
const fewestFrames = 2;
/** Evidence older than this no longer speaks for the face that is there now … */
const evidenceMaxAgeMs = 5000;
/** … except beside a newer sighting that does: then the last looks of a slow device count, up to this age. */
const slowEvidenceMaxAgeMs = 15_000;

function assess(track: Track, circumstances: Circumstances): Finding {
  const agreed = agreement(track, circumstances);
  const { policy } = circumstances;
  const challenge = challengeOf(track, policy, agreed.newestMs);
  const looks = { still: track.looksStill, moving: track.looksMoving };
  return { ...agreed, liveness: fuseLiveness(track.liveness, looks, policy), challenge };
}

/** Whom the sightings agree on, and how well. */
function agreement(track: Track, { gallery, policy, nowMs }: Circumstances): Agreement {
  const recent = track.good.slice(-policy.window).filter((sighting) => isFresh(sighting, track, { policy, nowMs }));
  const votes = recent.map((sighting) => ({
    sighting,
    personId: rankOnce(gallery, sighting.template).nearest?.personId,
  }));
  const personId = mostFrequent(votes.map((vote) => vote.personId));
  if (personId === undefined) return nobody;
  const agreeing = votes.filter((vote) => vote.personId === personId).map((vote) => vote.sighting);
  const ranking = rankTogether(
    gallery,
    agreeing.map((sighting) => sighting.template),
  );
  const nearest = ranking.nearest;
  if (nearest === null) return nobody;
  const margin = ranking.other === null ? 2 - nearest.distance : ranking.other.distance - nearest.distance;
  const near = nearest.personId === personId && nearest.distance <= policy.threshold;
  const enough = framesOf(agreeing) >= Math.max(fewestFrames, policy.agreeing);
  const clear = margin >= policy.minMargin;
  return {
    match:
      near && enough && clear
        ? { kind: 'known', personId, distance: nearest.distance, margin }
        : { kind: 'unknown', nearest },
    ambiguous: near && enough && !clear,
    agreeing: agreeing.length,
    distance: nearest.distance,
    margin,
    newestMs: agreeing.at(-1)?.atMs ?? null,
  };
}

function isFresh({ atMs, look }: GoodSighting, track: Track, by: Pick<Circumstances, 'nowMs' | 'policy'>): boolean {
  const ageMs = by.nowMs - atMs;
  if (ageMs <= evidenceMaxAgeMs) return true;
  const newest = track.good.at(-1);
  const isStillThere = newest?.look === track.lastLook && by.nowMs - newest.atMs <= evidenceMaxAgeMs;
  return isStillThere && ageMs <= slowEvidenceMaxAgeMs && track.lastLook - look < by.policy.window;
}

function framesOf(sightings: readonly GoodSighting[]): number {
  return new Set(sightings.map(({ atMs }) => atMs)).size;
}

/**
 * The task of this attempt, and whether it was done before the newest sighting that counts: who is let in is who did it.
 */
function challengeOf(track: Track, { challenge }: VerdictPolicy, newestMs: number | null): Finding['challenge'] {
  if (challenge === undefined || challenge === 'off' || track.firstGoodMs === null) return null;
  const task = taskFor(challenge, track.chance);
  const atMs = metAt(task, track.observations, track.firstGoodMs);
  return { task, met: atMs !== null && newestMs !== null && newestMs >= atMs };
}

function challengeObstacle(finding: Finding): 'challenge-failed' | null {
  return finding.challenge === null || finding.challenge.met ? null : 'challenge-failed';
}

function livenessObstacle(finding: Finding, policy: VerdictPolicy): 'no-liveness' | 'spoof' | null {
  if (policy.liveness === 'off') return null;
  if (finding.liveness.score === null) return 'no-liveness';
  return finding.liveness.live ? null : 'spoof';
}

function validity(person: Person, now: Date): 'not-yet-valid' | 'expired' | null {
  if (person.validFrom !== null && !(now.getTime() >= Date.parse(person.validFrom))) return 'not-yet-valid';
  if (person.validUntil !== null && !(now.getTime() < Date.parse(person.validUntil))) return 'expired';
  return null;
}

function reasonFor(finding: Finding, gallery: Gallery): DenialReason {
  if (gallery.rows === 0) return 'no-gallery';
  return finding.ambiguous ? 'ambiguous' : 'unknown';
}

/**
 * The time is up, and somebody has really been looked at: as often as for a grant, or once and near nobody. Whoever was
 * only glimpsed, beside the person at the door or on the way past, has asked for nothing.
 */
function isJudged(track: Track, { distance }: Finding, circumstances: Circumstances): boolean {
  const { gallery, policy } = circumstances;
  if (!timeIsUp(track, circumstances)) return false;
  if (gallery.rows === 0 || track.good.length >= policy.agreeing) return true;
  return distance !== null && distance > policy.threshold;
}

/** Someone who merely walked past is not refused: a refusal needs as many good sightings as a grant. */
function timeIsUp(track: Track, { policy, nowMs, last }: Circumstances): boolean {
  if (track.firstGoodMs === null || track.glances.length < policy.agreeing) return false;
  return last === true || nowMs - track.firstGoodMs >= policy.decideWithinMs;
}

const challengeTimeMs = 8000;

function challengeIsOver(track: Track, { policy, nowMs, last }: Circumstances): boolean {
  const withinMs = policy.challengeWithinMs ?? challengeTimeMs;
  return last === true || track.firstGoodMs === null || nowMs - track.firstGoodMs >= withinMs;
}

/** Nobody is called unknown for having turned the head as asked: the sightings that vote still show it from the side. */
function isAnswering(track: Track, { challenge }: Finding, circumstances: Circumstances): boolean {
  if (challenge === null || challengeIsOver(track, circumstances)) return false;
  const aside = track.latestFailures.includes('turned-away') && challenge.task !== 'blink';
  return aside || isTurning(challenge.task, track.observations.slice(-circumstances.policy.window));
}

/** Stood at the door for a while, and not one picture was good enough. Someone far away has asked for nothing yet. */
function hopeless(track: Track, { policy, nowMs }: Circumstances): boolean {
  const tooFar = track.latestFailures.includes('too-small');
  return !tooFar && track.glances.length === 0 && nowMs - track.attemptSinceMs >= 3 * policy.decideWithinMs;
}

function evidenceOf(track: Track, finding: Finding, { gallery, policy, nowMs }: Circumstances): Evidence {
  return {
    trackId: track.id,
    framesSeen: track.framesSeen,
    framesUsed: track.framesUsed,
    agreeing: finding.agreeing,
    distance: finding.distance,
    threshold: gallery.rows === 0 ? null : policy.threshold,
    margin: finding.margin,
    elapsedMs: Math.round(nowMs - track.firstSeenMs),
    decidingMs: track.firstGoodMs === null ? null : Math.round(nowMs - track.firstGoodMs),
    liveness: finding.liveness.score,
    surroundings: { still: track.looksStill, moving: track.looksMoving },
    ...(finding.challenge && { challenge: finding.challenge }),
    qualityFailures: [...track.failures].sort((a, b) => b[1] - a[1]).map(([failure]) => failure),
    galleryVersion: gallery.version,
    galleryPeople: gallery.people.size,
    model: gallery.embedder,
  };
}

function mostFrequent(ids: readonly (string | undefined)[]): string | undefined {
  const counts = new Map<string, number>();
  for (const id of ids) if (id !== undefined) counts.set(id, (counts.get(id) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
}
