import { deservesFullLook, type Glimpses } from './access/full-look.ts';
import { restTrack, type Track, type Tracker } from './access/tracker.ts';
import { decide, type VerdictPolicy } from './access/verdict.ts';
import type { Camera } from './camera/camera.ts';
import type { Clock } from './domain/clock.ts';
import { isLimenError, messageOf } from './domain/errors.ts';
import type { Report } from './domain/event.ts';
import type { Frame } from './domain/frame.ts';
import type { Seen } from './domain/sighting.ts';
import { fuseTemplates, type Template } from './domain/template.ts';
import type { FinalVerdict, Verdict } from './domain/verdict.ts';
import type { Gallery } from './gallery/gallery.ts';
import type { Look, Vision } from './vision/vision.ts';

/** When a picture was where on its way; milliseconds of the monotonic clock. */
export interface PictureTimes {
  readonly frameId: number;
  readonly capturedAtMs: number;
  readonly takenAtMs: number;
  readonly seenAtMs: number;
  /** Compared, decided, and, where it came to a verdict, written down. */
  readonly doneAtMs: number;
  /** `null` for a picture that could not be looked at. */
  readonly seen: Pick<Seen, 'timings' | 'leftOut'> | null;
}

/** What the journey needs on its way. */
export interface JourneyParts {
  readonly vision: Vision;
  readonly tracker: Tracker;
  readonly clock: Clock;
  /** Asked anew for every frame: the gallery is swapped whole when the hub changes it. */
  readonly gallery: () => {
    readonly gallery: Gallery;
    readonly policy: VerdictPolicy;
    /** Without it, every face of every picture is looked at in full. */
    readonly glimpses?: Glimpses | null;
  };
  /** What the rules make of a verdict: they refuse, or ask for more; left out, a known face is enough. */
  readonly judge?: (
    verdict: FinalVerdict,
    circumstances: { /** Nobody stands there any more. */ readonly gone: boolean },
  ) => Verdict;
  /** Durable when it returns. */
  readonly report: Report;
  /** Open the door or book the punch; only ever called after the verdict is in the journal. */
  readonly act: (verdict: FinalVerdict) => void;
  /** Told about every frame, for screens and for the curious. */
  readonly onSeen?: (seen: Seen, track: Track | null, verdict: Verdict | null) => void;
  readonly onVerdict?: (verdict: FinalVerdict) => void;
  /** Told about every picture when it is done with. Must not throw. */
  readonly onTimes?: (times: PictureTimes) => void;
  /** Told about the face of somebody who was refused as unknown, for a site that keeps those. Must not throw. */
  readonly onStranger?: (template: Template) => void;
}

/** After a grant the same face rests, so that standing in the doorway does not open the door again and again. */
const restAfterGrantMs = 10_000;
/** After a refusal it may try again soon: it may have been the light. */
const restAfterDenialMs = 2_000;

/**
 * The product in one loop: capture → detect, judge quality, check liveness, embed → track → match, decide → ask the rules → record → act.
 * Runs until the camera's frames end or `signal` aborts. One bad frame or a dead vision worker never ends it.
 *
 * @throws LimenError when the journal cannot record a verdict: what is not written down does not open a door.
 */
export async function runJourney(camera: Camera, parts: JourneyParts, signal: AbortSignal): Promise<void> {
  let blind = false;
  let foremost: Track | null = null;
  for await (const frame of camera.frames(signal)) {
    const { id: frameId, capturedAtMs } = frame;
    const takenAtMs = parts.clock.monotonicMs();
    const seen = await look(frame, { parts, blindBefore: blind, signal, how: howClosely(foremost, parts) });
    if (signal.aborted) break;
    const seenAtMs = parts.clock.monotonicMs();
    const timed = (doneAtMs: number) => parts.onTimes?.({ frameId, capturedAtMs, takenAtMs, seenAtMs, doneAtMs, seen });
    blind = seen === null;
    if (seen === null) {
      timed(seenAtMs);
      continue;
    }
    const { seen: tracks, left } = parts.tracker.follow(seen);
    for (const track of left) conclude(track, parts, true);
    // The largest face is the person at the door; those behind have their turn when they step up.
    const [track] = tracks;
    foremost = track ?? null;
    const verdict = track === undefined ? null : conclude(track, parts, false);
    timed(parts.clock.monotonicMs());
    parts.onSeen?.(seen, track ?? null, verdict);
  }
  if (!signal.aborted) for (const track of parts.tracker.end()) conclude(track, parts, true);
}

/** Most pictures are worth a glimpse only; a verdict about the person at the door rests on full looks. */
function howClosely(foremost: Track | null, { gallery: inForce, clock }: JourneyParts): Look {
  const { gallery, policy, glimpses } = inForce();
  if (!glimpses) return 'full';
  if (foremost === null) return 'glimpse';
  const nowMs = Math.max(foremost.lastSeenMs, clock.monotonicMs());
  return deservesFullLook(foremost, { gallery, policy, glimpses, nowMs }) ? 'foremost' : 'glimpse';
}

interface Looking {
  readonly how: Look;
  readonly parts: JourneyParts;
  readonly blindBefore: boolean;
  readonly signal: AbortSignal;
}

async function look(frame: Frame, { parts, blindBefore, signal, how }: Looking): Promise<Seen | null> {
  try {
    // A worker that hangs must not keep the terminal from stopping.
    return await orAborted(parts.vision.see(frame, how), signal);
  } catch (error) {
    const code = isLimenError(error) ? error.code : 'vision.failed';
    const kind = code.startsWith('image.') ? 'frame.unreadable' : 'vision.failed';
    // Once per outage, not once per frame: a broken camera must not fill the journal.
    if (!blindBefore) parts.report({ kind, body: { code, reason: messageOf(error) } });
    return null;
  }
}

/** `null` as soon as `signal` aborts. Leaves no listener behind: this runs for every frame, for years. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | null> {
  return new Promise((resolve, reject) => {
    const stop = () => resolve(null);
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

function conclude(track: Track, parts: JourneyParts, last: boolean): Verdict {
  const { gallery, policy } = parts.gallery();
  // Time since the frame was captured counts: a verdict on an old picture would be a verdict on somebody gone.
  const nowMs = last ? track.lastSeenMs : Math.max(track.lastSeenMs, parts.clock.monotonicMs());
  const decided = decide(track, { gallery, policy, nowMs, now: parts.clock.now(), last });
  if (decided.kind === 'undecided') return decided;
  // Nobody is let in who has already walked away.
  if (last && decided.kind === 'grant') return { kind: 'undecided', guidance: null };
  const verdict = parts.judge?.(decided, { gone: last }) ?? decided;
  if (verdict.kind === 'undecided') return verdict;
  const sightings = track.good.map(({ template }) => template);
  restTrack(track, nowMs + (verdict.kind === 'grant' ? restAfterGrantMs : restAfterDenialMs));
  settle(verdict, parts);
  if (verdict.kind === 'deny' && verdict.reason === 'unknown') parts.onStranger?.(fuseTemplates(sightings));
  return verdict;
}

/** Write a verdict down, and only then act on it. @throws LimenError when it cannot be written down: nothing is done then. */
export function settle(verdict: FinalVerdict, parts: Pick<JourneyParts, 'report' | 'act' | 'onVerdict'>): void {
  record(verdict, parts.report);
  parts.act(verdict);
  parts.onVerdict?.(verdict);
}

function record(verdict: FinalVerdict, report: Report): void {
  if (verdict.kind === 'grant') {
    const { personId, name, evidence } = verdict;
    report({ kind: 'verdict.granted', body: { personId, name, evidence } });
  } else {
    const { reason, personId, evidence } = verdict;
    report({ kind: 'verdict.denied', body: { reason, personId, evidence } });
  }
}
