import type { Clock } from '../domain/clock.ts';
import { LimenError } from '../domain/errors.ts';
import type { PunchMeaning } from '../domain/punch.ts';

/** A key of a time clock: on its screen, on a keypad, or a button. */
export interface PunchKey extends PunchMeaning {
  /** As the configuration names it. */
  readonly name: string;
  /** What is written on it. */
  readonly label: string;
}

export interface PunchChoiceOptions {
  readonly keys: readonly PunchKey[];
  /** A key that was pressed holds for this long, for one punch. */
  readonly lastsMs: number;
  readonly clock: Clock;
}

/** Told which key holds, and `null` when none does any more because it was used or called off. Not told of time running out. */
export type OnChosen = (key: PunchKey | null) => void;

/**
 * What somebody said a punch is to mean, by any key of any kind: the screen, a keypad and a button all come here. It holds
 * for one punch and for a few seconds, so that nobody punches by a key that the person before has pressed.
 */
export class PunchChoice {
  readonly keys: readonly PunchKey[];
  readonly lastsMs: number;
  readonly #clock: Clock;
  readonly #told = new Set<OnChosen>();
  #chosen: { readonly key: PunchKey; readonly untilMs: number } | null = null;

  constructor({ keys, lastsMs, clock }: PunchChoiceOptions) {
    this.keys = keys;
    this.lastsMs = lastsMs;
    this.#clock = clock;
  }

  /** The key that holds now; `null` for none. */
  get current(): PunchKey | null {
    if (this.#chosen === null || this.#clock.monotonicMs() >= this.#chosen.untilMs) return null;
    return this.#chosen.key;
  }

  /**
   * Press a key, by its name: it holds from now on, in place of one that was pressed before. Where somebody is waited for
   * who was recognised a moment ago, their punch is in the journal when this returns.
   *
   * @throws LimenError `punch.unknown-key`; and what the journal throws, the key then holds.
   */
  choose(name: string): PunchKey {
    const key = this.keys.find((one) => one.name === name);
    if (key === undefined) {
      throw new LimenError('punch.unknown-key', `This time clock has no key "${name}".`, {
        hint: `Its keys are in punch.keys: ${this.keys.map((one) => one.name).join(', ') || 'none'}.`,
      });
    }
    this.#chosen = { key, untilMs: this.#clock.monotonicMs() + this.lastsMs };
    this.#tell();
    return key;
  }

  /** No key holds any more: it was used, or somebody called it off. */
  clear(): void {
    if (this.#chosen === null) return;
    this.#chosen = null;
    this.#tell();
  }

  /** Be told from now on, until the returned function is called. */
  watch(told: OnChosen): () => void {
    this.#told.add(told);
    return () => this.#told.delete(told);
  }

  /** What holds when each is told: the first of them may have used the key. */
  #tell(): void {
    for (const told of [...this.#told]) told(this.current);
  }
}
