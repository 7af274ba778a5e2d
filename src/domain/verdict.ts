import type { Guidance } from './guidance.ts';
import type { QualityFailure } from './quality.ts';

/** Whom a template is nearest to. `distance` is 1 − cosine; `margin` is how much farther the second *person* is. */
export type Match =
  | { readonly kind: 'known'; readonly personId: string; readonly distance: number; readonly margin: number }
  | { readonly kind: 'unknown'; readonly nearest: { readonly personId: string; readonly distance: number } | null };

/**
 * Why someone was not let in. `not-yet-valid`, `expired` and every reason of the rules are said of somebody who was recognised and
 * found alive; none of them is ever the answer to a picture that is held up.
 */
export type DenialReason =
  | 'unknown'
  | 'ambiguous'
  | 'spoof'
  | 'no-liveness'
  | 'challenge-failed'
  | 'poor-quality'
  | 'not-yet-valid'
  | 'expired'
  | 'no-gallery'
  | 'gallery-expired'
  | 'no-rules'
  | 'not-authorised-here'
  | 'out-of-schedule'
  | 'anti-passback'
  | 'interlock'
  | 'locked-out'
  | 'second-factor'
  | 'two-person';

/** What the rules had to say about a verdict. */
export interface AccessEvidence {
  /** The rule that decided, as the configuration names it: `permissions.staff`; `null` when none stood against it. */
  readonly rule: string | null;
  /** Its sentence. */
  readonly says: string | null;
  /** What proved who it is: `face`, `card`, `pin`. */
  readonly factors: readonly string[];
  /** The first of two people, where two are needed. */
  readonly companion?: string;
  /** A card or a PIN took the place of a face that was refused for this: good for a punch, never for a door. */
  readonly afterRefusal?: DenialReason;
}

/** The numbers behind a verdict; never a picture, never a template. */
export interface Evidence {
  readonly trackId: number;
  /** Frames in which this face was seen, and how many of them passed every quality gate. */
  readonly framesSeen: number;
  readonly framesUsed: number;
  /** Sightings that agreed on the person, of the window that was asked. */
  readonly agreeing: number;
  /** 1 − cosine to the nearest person, the mean over the agreeing sightings; `null` when there was none to compare. */
  readonly distance: number | null;
  /** τ: the largest distance that may be granted for this gallery. */
  readonly threshold: number | null;
  readonly margin: number | null;
  /** From the first sighting of the face to the verdict. */
  readonly elapsedMs: number;
  /** From the first sighting that passed every quality gate to the verdict; `null` when none did. */
  readonly decidingMs: number | null;
  /** 0 (artefact) to 1 (live), over the track: the least of what was judged; `null` when nothing was. */
  readonly liveness: number | null;
  /** How often the surroundings of the face were seen to stay, and to move along with it. */
  readonly surroundings?: { readonly still: number; readonly moving: number };
  /** The act that was asked for, and whether it was done; absent where the site asks for none. */
  readonly challenge?: { readonly task: string; readonly met: boolean };
  /** Quality gates that failed, most frequent first. */
  readonly qualityFailures: readonly QualityFailure[];
  readonly galleryVersion: number;
  readonly galleryPeople: number;
  readonly model: string;
  /** Absent where no rule was asked, because nobody was recognised. */
  readonly access?: AccessEvidence;
}

/** The decision over one track. A denial is a value with a reason, not an exception. */
export type Verdict =
  | { readonly kind: 'grant'; readonly personId: string; readonly name: string; readonly evidence: Evidence }
  | {
      readonly kind: 'deny';
      readonly reason: DenialReason;
      readonly personId: string | null;
      readonly evidence: Evidence;
    }
  | { readonly kind: 'undecided'; readonly guidance: Guidance | null };

/** A verdict that somebody acts on. */
export type FinalVerdict = Exclude<Verdict, { kind: 'undecided' }>;
