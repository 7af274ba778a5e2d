import type { Factor } from '../access/rules/rules.ts';
import type { Clock } from '../domain/clock.ts';
import type { DenialReason } from '../domain/verdict.ts';

/** What may take the place of a face at a time clock, and for how long after the refusal. */
export interface FallbackTerms {
  readonly accept: 'card' | 'pin' | 'card-and-pin';
  readonly withinMs: number;
}

/** Refusals that may be the camera's fault, or the light's. Whoever shows a picture is not offered another way in. */
const excusable: readonly DenialReason[] = ['unknown', 'ambiguous', 'no-liveness', 'poor-quality'];

/** Whether a card or a PIN may take the place of a face that was refused for this. */
export function mayBeStoodInFor(reason: DenialReason): boolean {
  return excusable.includes(reason);
}

/** Remembers for a moment that a face was refused, so that a card or a PIN may follow. For punches only: it opens no door. */
export class Fallback {
  readonly #terms: FallbackTerms;
  readonly #clock: Clock;
  #refused: { readonly reason: DenialReason; readonly untilMs: number } | null = null;

  constructor(terms: FallbackTerms, clock: Clock) {
    this.#terms = terms;
    this.#clock = clock;
  }

  /** A face was refused. A picture of one closes what an honest refusal before it has opened. */
  refused(reason: DenialReason): void {
    const untilMs = this.#clock.monotonicMs() + this.#terms.withinMs;
    this.#refused = mayBeStoodInFor(reason) ? { reason, untilMs } : null;
  }

  /** Somebody was let in: the refusal before is nobody's any more. */
  forget(): void {
    this.#refused = null;
  }

  /** For which refusal these factors may stand in; `undefined` for none. */
  standsInFor(proven: ReadonlySet<Factor>): DenialReason | undefined {
    return this.missing(proven)?.length === 0 ? this.#refused?.reason : undefined;
  }

  /** What has yet to be shown to stand in for the face that was refused; `null` where none was, just now. */
  missing(proven: ReadonlySet<Factor>): readonly ('card' | 'pin')[] | null {
    if (this.#refused === null || this.#clock.monotonicMs() >= this.#refused.untilMs) return null;
    const { accept } = this.#terms;
    const wanted = accept === 'card-and-pin' ? (['card', 'pin'] as const) : [accept];
    return wanted.filter((factor) => !proven.has(factor));
  }
}
