import { setTimeout as delay } from 'node:timers/promises';
import type { LimenEvent } from '../domain/event.ts';

/** What was typed: an answer to a face, or whose PIN it is said to be. */
export interface Typed {
  readonly personId?: string | undefined;
  readonly digits: string;
}

export interface PinPadOptions {
  /** The way of every keypad: resolves when it was dealt with. */
  readonly take: (typed: Typed) => Promise<void>;
  /** Told when it proved nothing. */
  readonly onRefused: () => void;
  readonly answerMs?: number;
}

/** Whatever was wrong is said after the same time: how long a check takes, or that there was none, is an answer as well. */
const usualAnswerMs = 800;

/** The pad on the screen: one entry at a time, and the same answer to whatever proves nothing. */
export class PinPad {
  readonly #options: PinPadOptions;
  #busy = false;
  #proven = false;

  constructor(options: PinPadOptions) {
    this.#options = options;
  }

  /** An entry is being dealt with: what is wrong with it is told at its end, and by nobody else. */
  get busy(): boolean {
    return this.#busy;
  }

  /** Resolves when it was dealt with. What is typed meanwhile is left out. @throws LimenError as the journal does. */
  async enter(typed: Typed): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    this.#proven = false;
    try {
      await Promise.all([this.#options.take(typed), delay(this.#options.answerMs ?? usualAnswerMs)]);
    } finally {
      this.#busy = false;
      if (!this.#proven) this.#options.onRefused();
    }
  }

  /** Something was written into the journal. */
  event({ kind }: LimenEvent): void {
    if (kind === 'access.factor-proven') this.#proven = true;
  }
}
