import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../domain/clock.ts';
import type { DoorState } from '../domain/door-state.ts';
import type { EventBodies, LimenEvent } from '../domain/event.ts';
import type { Guidance } from '../domain/guidance.ts';
import type { PunchOutcome } from '../domain/punch.ts';
import type { Seen } from '../domain/sighting.ts';
import type { Timers } from '../domain/timers.ts';
import type { FinalVerdict } from '../domain/verdict.ts';
import { isCrowd } from './crowd.ts';
import { adviceOn } from './denial.ts';
import type { ScreenMessage, ScreenState, ShownPunch, View } from './message.ts';
import { Steady } from './steady.ts';
import { nextEndMs, type Showable, viewOf } from './view.ts';
import { type NameStyle, shownName } from './who.ts';

/** What is true of the terminal right now, asked anew each time. */
export interface ScreenFacts {
  readonly door: { readonly state: DoorState; readonly lockdown: boolean; readonly holding: boolean } | null;
  /** `null` without a broker. */
  readonly online: boolean | null;
  /** Somebody of whom something is awaited, until this monotonic time; `claimed`: their face. */
  readonly awaited: { readonly claimed: boolean; readonly untilMs: number } | null;
  /** The key of the time clock that holds. */
  readonly chosen: string | null;
}

export interface ScreenDeskOptions {
  /** Whoever is let in at a time clock is shown their punch and not the grant. */
  readonly mode: 'door' | 'punch';
  readonly names: NameStyle;
  readonly facts: () => ScreenFacts;
  readonly clock: Clock;
  readonly timers: Pick<Timers, 'after'>;
  /** Somebody's punches, newest first. */
  readonly punchesOf: (personId: string) => readonly ShownPunch[];
  readonly tell: (message: ScreenMessage) => void;
  /** Refusals that are heard of now are somebody else's to tell: see `PinPad`. */
  readonly refusalsWait?: () => boolean;
}

/** How the face in a picture stands. */
export interface SeenFace {
  readonly guidance: Guidance | null;
  /** It was let in or refused a moment ago, and is left alone. */
  readonly rests: boolean;
}

/** A face is still there for this long after the last picture that showed it: looks come and go. */
const faceLastsMs = 1200;
const grantLastsMs = 4000;
const denialLastsMs = 3500;
const adviceLastsMs = 7000;
const punchLastsMs = 6000;

/** What is not asked anew each time. */
type Remembered = Omit<Showable, 'lockdown' | 'doorIsBroken' | 'awaited'>;

/** Makes one picture of all that a terminal says about itself, and tells the screen whenever it changes. */
export class ScreenDesk {
  readonly #options: ScreenDeskOptions;
  readonly #guidance = new Steady<Guidance | 'one-at-a-time' | null>(null);
  #showable: Remembered = {
    ...{ cameraIsGone: false, outcome: null, choosing: null, face: null, refusals: 0 },
  };
  #accept: readonly ('pin' | 'card')[] = ['pin', 'card'];
  #state: ScreenState;
  #stopTimer = () => {};

  constructor(options: ScreenDeskOptions) {
    this.#options = options;
    this.#state = this.#derive();
  }

  /** What the screen is to show now. */
  get state(): ScreenState {
    return this.#derive();
  }

  /** A picture was looked at; `face` is the foremost one in it. */
  seen(seen: Seen, face: SeenFace | null): void {
    const { widthPx, heightPx, sightings } = seen;
    const box = sightings[0]?.face.box ?? null;
    // Glimpses that nobody made say nothing about who is there.
    if (seen.leftOut !== true) this.#options.tell({ type: 'face', widthPx, heightPx, box: box && rounded(box) });
    if (face !== null && !face.rests) {
      const nowMs = this.#nowMs();
      const guidance = isCrowd(seen) ? 'one-at-a-time' : face.guidance;
      if (this.#showable.face === null || nowMs >= this.#showable.face.untilMs) this.#guidance.reset(guidance);
      this.#change({ face: { guidance: this.#guidance.take(guidance, nowMs), untilMs: nowMs + faceLastsMs } });
    } else if (face?.rests) this.#change({ face: null });
    else this.refresh();
  }

  /** Somebody was let in or refused. */
  verdict(verdict: FinalVerdict): void {
    if (verdict.kind === 'grant') {
      if (this.#options.mode === 'door') this.#show({ kind: 'granted', who: this.#who(verdict.name) }, grantLastsMs);
      return;
    }
    const advice = adviceOn(verdict);
    // That PINs are refused for a while is told to nobody but a proven person: it would tell whose number exists.
    if (verdict.reason === 'locked-out' && advice === 'not-admitted') this.#heardRefusal();
    else this.#show({ kind: 'denied', advice }, advice === 'not-admitted' ? denialLastsMs : adviceLastsMs);
  }

  /** What became of somebody at a time clock. */
  punch(outcome: PunchOutcome): void {
    const who = this.#who(outcome.name);
    if (outcome.kind === 'choose') {
      this.#change({ outcome: null, choosing: { who, untilMs: this.#nowMs() + outcome.withinMs } });
    } else if (outcome.kind === 'not-chosen') {
      this.#change({ choosing: null });
      this.#show({ kind: 'not-chosen' }, denialLastsMs);
    } else {
      const { direction, work, at } = outcome;
      const punch = { direction, ...(work !== undefined && { work }), at };
      const before = this.#options.punchesOf(outcome.personId).filter((one) => one.at !== at);
      this.#change({ choosing: null });
      this.#show({ kind: 'punched', who, punch, already: outcome.kind === 'already-recorded', before }, punchLastsMs);
    }
  }

  /** A card or a PIN was not right, whoever's it was. */
  refused(): void {
    this.#change({ refusals: this.#showable.refusals + 1 });
  }

  /** Something was written into the journal. */
  event({ kind, body }: LimenEvent): void {
    if (kind === 'camera.stalled') this.#change({ cameraIsGone: true });
    else if (kind === 'camera.recovered' || kind === 'camera.started') this.#change({ cameraIsGone: false });
    else if (kind === 'access.factor-refused') this.#heardRefusal();
    else if (kind === 'access.factor-asked') {
      const { accept } = body as EventBodies['access.factor-asked'];
      this.#accept = accept.filter((factor) => factor === 'pin' || factor === 'card');
      this.#change({ outcome: null });
    } else if (kind === 'door.fault') this.#show({ kind: 'out-of-order', part: 'door' }, grantLastsMs);
    // What is told is true a moment later only: a room says what it does, and then is in its new state.
    this.#options.timers.after(0, () => this.refresh());
  }

  /** Look at everything again, and tell the screen if something is different. */
  refresh(): void {
    const before = this.#state;
    this.#state = this.#derive();
    const nowMs = this.#nowMs();
    this.#stopTimer();
    const endMs = nextEndMs(this.#all(), nowMs);
    if (endMs !== null) this.#stopTimer = this.#options.timers.after(endMs - nowMs + 1, () => this.refresh());
    if (!isDeepStrictEqual(lasting(before), lasting(this.#state))) this.#options.tell(this.#state);
  }

  close(): void {
    this.#stopTimer();
  }

  #heardRefusal(): void {
    if (this.#options.refusalsWait?.() !== true) this.refused();
  }

  #show(view: View, lastsMs: number): void {
    this.#change({ outcome: { view, untilMs: this.#nowMs() + lastsMs } });
  }

  #change(changes: Partial<Remembered>): void {
    this.#showable = { ...this.#showable, ...changes };
    this.refresh();
  }

  #all(): Showable {
    const { door, awaited } = this.#options.facts();
    return {
      ...this.#showable,
      lockdown: door?.lockdown === true,
      doorIsBroken: door?.state === 'fault' || door?.state === 'jammed',
      awaited: awaited && { ...awaited, accept: this.#accept },
    };
  }

  #derive(): ScreenState {
    const { door, online, chosen } = this.#options.facts();
    return {
      type: 'state',
      nowMs: this.#nowMs(),
      view: viewOf(this.#all(), this.#nowMs()),
      door: door?.state ?? null,
      notice: door?.state === 'held-open' ? 'close-the-door' : door?.holding ? 'free-access' : null,
      online,
      chosen,
      refusals: this.#showable.refusals,
    };
  }

  #who(name: string): string | null {
    return shownName(name, this.#options.names);
  }

  #nowMs(): number {
    return this.#options.clock.monotonicMs();
  }
}

/** Without the time, which is no news. */
function lasting({ nowMs, ...rest }: ScreenState): object {
  return rest;
}

function rounded({ x, y, width, height }: { x: number; y: number; width: number; height: number }) {
  return { x: Math.round(x), y: Math.round(y), width: Math.round(width), height: Math.round(height) };
}
