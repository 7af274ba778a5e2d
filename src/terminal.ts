import { galleryOfOne } from './access/claimed.ts';
import { type Glimpses, type MeasuredGlimpses, nearEnoughFor } from './access/full-look.ts';
import { lookAlikeOf } from './access/look-alike.ts';
import { policyFor, type SiteDemands, trackedBy } from './access/policy.ts';
import { Tracker } from './access/tracker.ts';
import type { VerdictPolicy } from './access/verdict.ts';
import type { Camera } from './camera/camera.ts';
import type { Calibration } from './domain/calibration.ts';
import type { Clock } from './domain/clock.ts';
import { isLimenError, messageOf } from './domain/errors.ts';
import type { LimenEvent, Occurrence } from './domain/event.ts';
import type { Person } from './domain/person.ts';
import type { Projection } from './domain/projection.ts';
import { assertSameEmbedder } from './domain/template.ts';
import type { Evidence, FinalVerdict } from './domain/verdict.ts';
import type { Door } from './door/door.ts';
import { embeddersOf, seenBy } from './gallery/embedders.ts';
import { Gallery } from './gallery/gallery.ts';
import { emptySnapshot, type GallerySnapshot } from './gallery/gallery-store.ts';
import { glimpsedSnapshot } from './gallery/glimpsed.ts';
import { projectSnapshot } from './gallery/projected.ts';
import type { Threshold } from './gallery/threshold.ts';
import type { Guard } from './guard/guard.ts';
import type { Journal } from './journal/journal.ts';
import { type JourneyParts, runJourney, settle } from './pipeline.ts';
import type { PunchClock } from './punch/punch-clock.ts';
import type { Vision } from './vision/vision.ts';

/** What records punches, and shows the people before it what became of them. */
export interface TimeClock extends Pick<PunchClock, 'punch'> {
  signal(signal: 'busy' | 'denied'): void;
}

/** What a terminal is made of; `compose.ts` builds it from a config. */
export interface TerminalParts {
  readonly vision: Vision;
  readonly calibration: Calibration | null;
  /** What the site has learned on top of the embedder: `vision` gives templates in its space. */
  readonly projection?: Projection | null;
  /** A lighter look for most pictures, and what it shows of strangers; without it every look is a full one. */
  readonly glimpses?: MeasuredGlimpses | null;
  readonly demands: SiteDemands;
  readonly journal: Journal;
  readonly clock: Clock;
  /** `null` at a time clock that opens nothing. */
  readonly door: Door | null;
  /** Told about every event, after it is durable. */
  readonly onEvent?: (event: LimenEvent) => void;
  /** Told when something that had happened could not be written down. */
  readonly onUnrecorded?: (error: unknown) => void;
  /** Told about every gallery that comes into force, with the threshold that it brings. */
  readonly onGallery?: (inForce: InForce) => void;
}

/** Which gallery decides right now, and by which numbers. */
export interface InForce {
  readonly gallery: Gallery;
  readonly policy: VerdictPolicy;
  readonly threshold: Threshold;
  readonly glimpses: Glimpses | null;
}

/** The part of a terminal that sees, decides and acts. It needs no network: the broker only feeds and reads it. */
export class Terminal {
  readonly #parts: TerminalParts;
  #inForce: InForce;
  #demands: SiteDemands;
  #guard: Guard | null = null;
  #timeClock: TimeClock | null = null;
  /** The gallery of the one person whom a card or a PIN names, while that is awaited. */
  #claim: { readonly person: Person; readonly of: InForce; readonly inForce: InForce } | null = null;
  /** What {@link assertUsable} made of a gallery that is being written: made once, used afterwards. */
  #checked: { readonly snapshot: GallerySnapshot; readonly inForce: InForce } | null = null;
  #onVerdict: JourneyParts['onVerdict'];

  /** @throws LimenError `calibration.unsupported` when no threshold can be derived: nobody could be let in safely. */
  constructor(parts: TerminalParts, stored: GallerySnapshot | null) {
    this.#parts = parts;
    this.#demands = parts.demands;
    const usable = stored !== null && this.takes(stored);
    this.#inForce = this.#judgeBy(usable ? stored : emptySnapshot(this.#embedder), null);
  }

  get inForce(): InForce {
    return this.#inForce;
  }

  get door(): Door | null {
    return this.#parts.door;
  }

  /** Write one event down, then tell the others about it. @throws LimenError `disk.full`, `journal.failed`. */
  readonly report = (occurrence: Occurrence): LimenEvent => {
    const event = this.#parts.journal.append(occurrence);
    this.#guard?.noticed(event);
    this.#parts.onEvent?.(event);
    return event;
  };

  /**
   * Write down what has already happened, where a journal that cannot be written must change nothing more.
   * The failure goes to `onUnrecorded`.
   */
  readonly note = (occurrence: Occurrence): void => {
    try {
      this.report(occurrence);
    } catch (error) {
      this.#parts.onUnrecorded?.(error);
    }
  };

  /**
   * @throws LimenError `template.foreign-embedder` for a gallery of another pack than this terminal's, and what
   *   {@link adopt} throws: such a gallery must not even be stored, or the next start would fail on it.
   */
  readonly assertUsable = (snapshot: GallerySnapshot): void => {
    if (!this.takes(snapshot)) assertSameEmbedder(this.#embedder, snapshot.embedder);
    this.#checked = { snapshot, inForce: this.#judgeBy(snapshot, this.#inForce) };
  };

  /** Whether a gallery is of the embedder that this terminal sees with. */
  takes(snapshot: Pick<GallerySnapshot, 'embedder' | 'embedders'>): boolean {
    return embeddersOf(snapshot).includes(this.#embedder);
  }

  /**
   * Swap the gallery whole; verdicts from the next frame on are made by it, with a threshold for its size.
   *
   * @throws LimenError `gallery.corrupt`, `calibration.unsupported`; the gallery before stays in force.
   */
  adopt(snapshot: GallerySnapshot): void {
    const checked = this.#checked?.snapshot === snapshot ? this.#checked : null;
    this.#checked = null;
    this.#inForce = checked?.inForce ?? this.#judgeBy(snapshot, this.#inForce);
    // Or the templates of somebody erased would stay in memory until the next card.
    this.#claim = null;
    this.#parts.onGallery?.(this.#inForce);
  }

  /**
   * Verdicts from the next frame on are made by these demands; a `window` of another length is that of the next {@link watch}.
   *
   * @throws LimenError `calibration.unsupported`; the demands before stay in force.
   */
  demand(demands: SiteDemands): void {
    const before = this.#demands;
    this.#demands = demands;
    try {
      const { gallery, glimpses } = this.#inForce;
      const judged = this.#judgeInFull(gallery);
      const { glimpses: measured } = this.#parts;
      const nearEnough = measured ? nearEnoughFor(judged.threshold, measured.calibration) : 0;
      this.#inForce = { ...judged, glimpses: glimpses && { ...glimpses, nearEnough } };
    } catch (error) {
      this.#demands = before;
      throw error;
    }
    this.#claim = null;
    this.#parts.onGallery?.(this.#inForce);
  }

  /** From now on nobody is let in whom this guard does not let in. */
  guardWith(guard: Guard): void {
    this.#guard = guard;
  }

  /** From now on whoever is let in punches. */
  punchWith(timeClock: TimeClock): void {
    this.#timeClock = timeClock;
  }

  /** Write a verdict down that the camera did not come to, and act on it. @throws LimenError as {@link report}. */
  readonly settle = (verdict: FinalVerdict): void => {
    settle(verdict, { report: this.report, act: this.#act, ...(this.#onVerdict && { onVerdict: this.#onVerdict }) });
  };

  /** Somebody let in really went through the door. */
  passed(personId: string): void {
    try {
      this.#guard?.passed(personId);
    } catch (error) {
      this.#parts.onUnrecorded?.(error);
    }
  }

  /** Who else of the gallery somebody may be taken for; `null` for nobody. */
  lookAlike(personId: string): string | null {
    const { calibration } = this.#parts;
    return calibration === null ? null : lookAlikeOf(personId, this.#inForce.gallery, calibration);
  }

  /** What there is to say about somebody whom no camera saw. */
  unseen(): Evidence {
    const { gallery } = this.#inForce;
    return {
      ...{ trackId: 0, framesSeen: 0, framesUsed: 0, agreeing: 0, distance: null, threshold: null, margin: null },
      ...{ elapsedMs: 0, decidingMs: null, liveness: null, qualityFailures: [] },
      ...{ galleryVersion: gallery.version, galleryPeople: gallery.people.size, model: gallery.embedder },
    };
  }

  /** Watch a camera until its frames end or `signal` aborts. */
  async watch(
    camera: Camera,
    signal: AbortSignal,
    hooks: Pick<JourneyParts, 'onSeen' | 'onVerdict' | 'onStranger' | 'onTimes'> = {},
  ): Promise<void> {
    const { clock, glimpses, vision } = this.#parts;
    const distances = trackedBy(glimpses?.calibration ?? this.#parts.calibration);
    const tracker = new Tracker({ window: this.#demands.window, ...distances });
    this.#onVerdict = hooks.onVerdict;
    const guard = this.#guard;
    const parts: JourneyParts = {
      ...hooks,
      onSeen: (seen, track, verdict) => {
        if (track !== null) this.#signal('busy');
        hooks.onSeen?.(seen, track, verdict);
      },
      vision,
      tracker,
      clock,
      gallery: () => this.#compared(),
      ...(guard && { judge: (...said: Parameters<typeof guard.judge>) => guard.judge(...said) }),
      report: this.report,
      act: this.#act,
    };
    await runJourney(camera, parts, signal);
  }

  readonly #act = (verdict: FinalVerdict): void => {
    if (verdict.kind === 'deny') this.#signal('denied');
    if (verdict.kind !== 'grant') return;
    this.#timeClock?.punch(verdict);
    const door = this.#parts.door;
    if (door === null) {
      this.passed(verdict.personId);
      return;
    }
    const { personId, evidence } = verdict;
    // What a card records without its owner's face is a punch to be looked at; it is no reason to open.
    if (evidence.access?.afterRefusal !== undefined) return;
    const cause = evidence.access?.factors.includes('face') === false ? 'pin' : 'face';
    const extended = this.#inForce.gallery.people.get(personId)?.extendedPulse === true;
    // Not awaited: the next face is looked at while the relay moves. The door reports what it did.
    door.unlock({ cause, personId, extended }).catch((error: unknown) => {
      door.signal('denied');
      // The door has written down itself whom it refused.
      if (isLimenError(error, 'door.lockdown')) return;
      const code = isLimenError(error) ? error.code : 'door.fault';
      this.note({ kind: 'door.fault', body: { code, reason: messageOf(error) } });
    });
  };

  #signal(signal: 'busy' | 'denied'): void {
    this.door?.signal(signal);
    this.#timeClock?.signal(signal);
  }

  /** Whom a face is compared with: everybody, or the one person whom a card names (1:1, with the threshold for that). */
  #compared(): InForce {
    const person = this.#guard?.claimed ?? null;
    if (person === null) return this.#inForce;
    const of = this.#inForce;
    if (this.#claim?.person !== person || this.#claim.of !== of) {
      this.#claim = { person, of, inForce: this.#judgeInFull(galleryOfOne(of.gallery, person)) };
    }
    return this.#claim.inForce;
  }

  /** Whose templates a gallery comes in, before a projection. */
  get #embedder(): string {
    return this.#parts.projection?.base ?? this.#parts.vision.model;
  }

  /** By full looks only, which is also how somebody who claims to be one person is held against that person. */
  #judgeInFull(gallery: Gallery): InForce {
    return { gallery, ...policyFor(gallery, this.#parts.calibration, this.#demands), glimpses: null };
  }

  /** @param before what to take over of it: most people are in both */
  #judgeBy(stored: GallerySnapshot, before: InForce | null): InForce {
    const { glimpses, projection = null } = this.#parts;
    const snapshot = seenBy(this.#embedder, stored);
    const after = (gallery: Gallery | undefined, next: GallerySnapshot) =>
      gallery?.followedBy(next) ?? Gallery.from(next);
    const inForce = this.#judgeInFull(after(before?.gallery, projectSnapshot(projection, snapshot)));
    if (!glimpses) return inForce;
    const nearEnough = nearEnoughFor(inForce.threshold, glimpses.calibration);
    const gallery = after(before?.glimpses?.gallery, glimpsedSnapshot(glimpses.space, snapshot));
    return { ...inForce, glimpses: { gallery, nearEnough } };
  }
}
