import type { Clock } from '../domain/clock.ts';
import type { LimenEvent, Occurrence } from '../domain/event.ts';
import type { MeaningSource, PunchMeaning, PunchOutcome } from '../domain/punch.ts';
import type { Verdict } from '../domain/verdict.ts';
import { type LastPunch, LastPunches } from './last-punches.ts';
import { isSameMeaning, meaningOf, type PunchRole } from './meaning.ts';
import type { PunchChoice } from './punch-choice.ts';

/** Somebody who was verified. */
export type Grant = Extract<Verdict, { kind: 'grant' }>;

/** How a time clock behaves; see `punch` in the configuration. */
export interface PunchPolicy {
  readonly role: PunchRole;
  /** A second punch of the same person within this time is the same punch: they stood there a moment longer. */
  readonly debounceMs: number;
  readonly forgetAfterMs: number;
}

export interface PunchClockOptions extends PunchPolicy {
  readonly clock: Clock;
  readonly choice: PunchChoice;
  /** Durable when it returns. */
  readonly report: (occurrence: Occurrence) => LimenEvent;
  /** What the hours of the day say a punch means; `null` where they say nothing. */
  readonly scheduled?: (now: Date) => PunchMeaning | null;
  /** Rows of the journal: who has punched just before a restart has punched. See {@link LastPunches}. */
  readonly recent?: readonly LimenEvent[];
  /** Called before a punch is stamped: a step of the clock comes before what is stamped by the clock after it. */
  readonly beforePunch?: () => void;
}

/** Shows what became of somebody. Must not throw. */
export type OnPunch = (outcome: PunchOutcome) => void;

/** Turns verdicts into punches: one per person and visit, each with what it means and who said so. */
export class PunchClock {
  readonly choice: PunchChoice;
  readonly #options: PunchClockOptions;
  readonly #last: LastPunches;
  readonly #told = new Set<OnPunch>();
  /** Somebody who was verified and has not said yet what for. */
  #waiting: { readonly grant: Grant; readonly untilMs: number } | null = null;

  constructor(options: PunchClockOptions) {
    this.#options = options;
    this.choice = options.choice;
    this.#last = new LastPunches(options.clock, options.recent);
    this.choice.watch((key) => {
      if (key !== null) this.#resume();
    });
  }

  /**
   * Somebody was verified. The punch, or why there is none, is in the journal when this returns; where it throws, the same
   * person may try again.
   *
   * @throws LimenError `disk.full`, `journal.failed`.
   */
  punch(grant: Grant): PunchOutcome {
    const { clock, debounceMs, role, forgetAfterMs, scheduled } = this.#options;
    // Nobody answers for another person's punch; who is still there is asked once more.
    if (this.#waiting?.grant.personId !== grant.personId) this.#giveUp();
    const last = this.#last.of(grant.personId);
    const chosen = this.choice.current;
    if (last !== null && last.ageMs < debounceMs && (chosen === null || isSameMeaning(chosen, last)))
      return this.#already(grant, last);
    const meaning = meaningOf({ chosen, scheduled: scheduled?.(clock.now()) ?? null, role, last, forgetAfterMs });
    return meaning === null ? this.#ask(grant) : this.#record(grant, meaning);
  }

  /** Be told from now on, until the returned function is called. */
  watch(told: OnPunch): () => void {
    this.#told.add(told);
    return () => this.#told.delete(told);
  }

  /** Let go of whoever did not choose in time. Call it every second or so. @throws LimenError as {@link punch}. */
  tick(): void {
    if (this.#waiting !== null && this.#options.clock.monotonicMs() >= this.#waiting.untilMs) this.#giveUp();
  }

  /** Nobody is waited for any more. @throws LimenError as {@link punch}. */
  close(): void {
    this.#giveUp();
  }

  #record(grant: Grant, { direction, work, by }: PunchMeaning & { readonly by: MeaningSource }): PunchOutcome {
    const { personId, name, evidence } = grant;
    const meaning = { direction, ...(work !== undefined && { work }) };
    const punch = { personId, name, ...meaning, by, verifiedBy: verifiedBy(grant), ...afterRefusal(grant), evidence };
    this.#options.beforePunch?.();
    const { at } = this.#options.report({ kind: 'punch.recorded', body: punch });
    this.#last.take(punch, at);
    this.#settled();
    return this.#tell({ kind: 'recorded', personId, name, ...meaning, by, at, ...afterRefusal(grant) });
  }

  #already(grant: Grant, { direction, work, at }: LastPunch): PunchOutcome {
    const { personId, name } = grant;
    const meaning = { direction, ...(work !== undefined && { work }) };
    const body = { personId, name, reason: 'already-recorded' as const, ...meaning, recordedAt: at };
    this.#options.report({ kind: 'punch.not-recorded', body });
    this.#settled();
    return this.#tell({ kind: 'already-recorded', personId, name, ...meaning, at, ...afterRefusal(grant) });
  }

  #ask(grant: Grant): PunchOutcome {
    const { personId, name } = grant;
    const { lastsMs: withinMs } = this.choice;
    this.#waiting = { grant, untilMs: this.#options.clock.monotonicMs() + withinMs };
    return this.#tell({ kind: 'choose', personId, name, withinMs, ...afterRefusal(grant) });
  }

  /** A key was pressed: whoever is waited for has answered. */
  #resume(): void {
    const waiting = this.#waiting;
    const chosen = this.choice.current;
    if (waiting === null || chosen === null) return;
    if (this.#options.clock.monotonicMs() >= waiting.untilMs) this.#giveUp();
    else this.#record(waiting.grant, { ...chosen, by: 'key' });
  }

  /** Whoever was waited for has an answer, and the key was used. */
  #settled(): void {
    this.#waiting = null;
    this.choice.clear();
  }

  #giveUp(): void {
    if (this.#waiting === null) return;
    const { grant } = this.#waiting;
    const { personId, name } = grant;
    this.#options.report({ kind: 'punch.not-recorded', body: { personId, name, reason: 'not-chosen' } });
    this.#waiting = null;
    this.#tell({ kind: 'not-chosen', personId, name, ...afterRefusal(grant) });
  }

  #tell(outcome: PunchOutcome): PunchOutcome {
    for (const told of [...this.#told]) told(outcome);
    return outcome;
  }
}

function verifiedBy({ evidence }: Grant): readonly string[] {
  return evidence.access?.factors ?? ['face'];
}

function afterRefusal({ evidence }: Grant) {
  const { afterRefusal } = evidence.access ?? {};
  return afterRefusal === undefined ? {} : { afterRefusal };
}
