import type { Clock } from '../domain/clock.ts';
import type { Timers } from '../domain/timers.ts';
import type { Answer, Later, PayrollItem, PayrollTarget } from '../payroll/target.ts';
import { pause } from '../runtime/timers.ts';
import { backOff } from '../sync/back-off.ts';
import { type PayrollBook, payrollBook, type RefusedItem, type Settled } from './payroll-book.ts';
import { type FeedOptions, type FeedStep, payrollFeed, payrollItem } from './payroll-feed.ts';

/** What became of one round with one payroll. */
export interface PushReport {
  readonly target: string;
  /** Items that it has taken now. */
  readonly taken: number;
  /** What it would not have and may have later: everything, not only what is new. */
  readonly refused: readonly RefusedItem[];
  /** What somebody there should look at: one sentence each. */
  readonly looks: readonly string[];
  /** Why the round ended before everything was told; `null` where nothing is left. */
  readonly stopped: Pick<Later, 'code' | 'why' | 'afterMs'> | null;
}

export interface PushOptions extends FeedOptions {
  readonly target: PayrollTarget;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly signal: AbortSignal;
  /** Tell again now what was refused, however recently it was tried. */
  readonly again?: boolean;
  readonly patience?: Partial<typeof patient>;
}

const patient = {
  /** How often one item is tried before the round ends. */
  tries: 4,
  firstMs: 500,
  mostMs: 8000,
  /** A payroll that asks to be left alone for longer is left alone until another round. */
  longestAskedMs: 30_000,
};

/** What was refused is tried again after five minutes, then ten, up to six hours: somebody may have been added there. */
const firstAgainMs = 300_000;
const mostAgainMs = 6 * 3_600_000;

/**
 * Tell a payroll what it does not know yet, in order, each item until it is settled. Whatever ends this (a crash, a
 * connection that breaks, a deadline), the next round goes on where the books say; what was told and not written down is
 * told again, which changes nothing there. One process at a time.
 */
export async function pushPayroll(options: PushOptions): Promise<PushReport> {
  const { db, target, clock, signal } = options;
  const book = payrollBook(db, target.name);
  const round = new Round(options, book);
  for (const { item: id, attempts, triedAt } of await book.refused()) {
    const dueMs = Date.parse(triedAt) + Math.min(firstAgainMs * 2 ** (attempts - 1), mostAgainMs);
    if (round.stopped !== null || signal.aborted) break;
    if (options.again !== true && clock.now().getTime() < dueMs) continue;
    const item = await payrollItem(options, id);
    if (item === null) await book.drop(id);
    else await round.tellAgain(item);
  }
  if (round.stopped === null) {
    for await (const step of payrollFeed(options, await book.cursors())) {
      if (signal.aborted) break;
      await round.take(step);
      if (round.stopped !== null) break;
    }
  }
  return round.report();
}

class Round {
  readonly #options: PushOptions;
  readonly #book: PayrollBook;
  readonly #looks: string[] = [];
  #taken = 0;
  /** What the other side fails at, with a fault of its own: it may be this item, or everything. */
  #suspect: { readonly step: FeedStep; readonly item: PayrollItem; readonly why: Later } | null = null;
  #stopped: Later | null = null;

  constructor(options: PushOptions, book: PayrollBook) {
    this.#options = options;
    this.#book = book;
  }

  get stopped(): Later | null {
    return this.#stopped;
  }

  /** Something that was refused before; a payroll that fails at it is left with what it has. */
  async tellAgain(item: PayrollItem): Promise<void> {
    const answer = await this.#patiently(item);
    if (answer.outcome !== 'later') await this.#settle(item, answer, null);
    else if (answer.aboutItem) await this.#settle(item, { outcome: 'refused', why: answer.why }, null);
    else this.#stopped = answer;
  }

  /** The next step of the feed. */
  async take(step: FeedStep): Promise<void> {
    const { item, to, stream } = step;
    if (item === null) {
      if (to !== null && this.#suspect?.step.stream !== stream) await this.#book.advance(to);
      return;
    }
    const answer = await this.#patiently(item);
    if (answer.outcome === 'later') {
      if (answer.aboutItem && this.#suspect === null) this.#suspect = { step, item, why: answer };
      else this.#stopped = answer;
      return;
    }
    // It was not asked: that says nothing about it, and the place before the suspect is to be kept.
    if (answer.outcome === 'nothing to tell' && this.#suspect?.step.stream === stream) return;
    // The other side works: then it was that item, and the others need not wait for it.
    if (this.#suspect !== null && answer.outcome !== 'nothing to tell') {
      const { item: failed, step: at, why } = this.#suspect;
      await this.#settle(failed, { outcome: 'refused', why: why.why }, at);
      this.#suspect = null;
    }
    await this.#settle(item, answer, step);
  }

  async report(): Promise<PushReport> {
    const stopped = this.#stopped ?? this.#suspect?.why ?? null;
    return {
      ...{ target: this.#options.target.name, taken: this.#taken, looks: this.#looks },
      refused: await this.#book.refused(),
      stopped: stopped && { code: stopped.code, why: stopped.why, afterMs: stopped.afterMs },
    };
  }

  async #settle(item: PayrollItem, answer: Settled, step: FeedStep | null): Promise<void> {
    await this.#book.settle(item, { answer, at: this.#options.clock.now(), to: step?.to ?? null });
    if (answer.outcome !== 'taken') return;
    this.#taken++;
    if (answer.look !== undefined) this.#looks.push(answer.look);
  }

  async #patiently(item: PayrollItem): Promise<Answer> {
    const { target, signal, timers } = this.#options;
    const { tries, longestAskedMs, ...waiting } = { ...patient, ...this.#options.patience };
    const waits = backOff({ ...waiting, random: timers.random });
    for (let attempt = 1; ; attempt++) {
      const answer = await target.tell(item, this.#book, signal);
      if (answer.outcome !== 'later' || answer.code === 'payroll.denied') return answer;
      const waitMs = Math.max(answer.afterMs ?? 0, waits.nextMs());
      if (attempt === tries || waitMs > longestAskedMs || signal.aborted) return answer;
      await pause(timers, waitMs, signal).catch(() => {});
    }
  }
}
