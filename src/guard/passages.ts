import { sidesAfter } from '../access/rules/passback.ts';
import type { LimenEvent } from '../domain/event.ts';
import type { GuardParts } from './guard-parts.ts';

type PassagesParts = Pick<GuardParts, 'terminal' | 'clock' | 'report' | 'rules' | 'memory' | 'freeAccess' | 'gallery'>;

/** A row of another terminal's journal. */
export type HeardFrom = Pick<LimenEvent, 'terminal' | 'seq' | 'at' | 'clock'>;

/** Writes down who went through, for the rules that ask where people are and who came first today. */
export class Passages {
  readonly #parts: PassagesParts;

  constructor(parts: PassagesParts) {
    this.#parts = parts;
  }

  /** Through this door. @throws LimenError when it cannot be written down. */
  here(personId: string): void {
    const { rules, memory, terminal, report, clock, freeAccess, gallery } = this.#parts;
    const sides = sidesAfter(terminal, rules.current);
    if (Object.keys(sides).length > 0) report({ kind: 'access.passed', body: { personId, sides } });
    const person = gallery().people.get(personId);
    if (person === undefined) return;
    freeAccess?.cameIn(person, { rules: rules.current, now: clock.now(), memory: memory.memory });
  }

  /**
   * At another terminal; once, however often it is heard. One that was away tells late: where both clocks are right, what
   * was known since, or forgotten by an order, stays.
   */
  elsewhere(personId: string, { terminal, seq, at, clock }: HeardFrom): void {
    const { rules, memory, report, clock: own } = this.#parts;
    const sides = sidesAfter(terminal, rules.current);
    if (Object.keys(sides).length === 0 || seq <= (memory.memory.heard[terminal] ?? 0)) return;
    const isComparable = clock === 'synced' && own.quality() === 'synced';
    const heardFrom = { terminal, seq, ...(isComparable && { at }) };
    report({ kind: 'access.passed', body: { personId, sides, heardFrom } });
  }
}
