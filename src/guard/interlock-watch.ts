import { named } from '../access/rules/rules.ts';
import type { LimenEvent, Report } from '../domain/event.ts';
import type { Door } from '../door/door.ts';
import type { Neighbours } from './neighbours.ts';
import type { RulesInForce } from './rules-in-force.ts';

/** What an {@link InterlockWatch} works with. */
export interface InterlockWatchParts {
  readonly terminal: string;
  readonly door: Pick<Door, 'status' | 'withdraw'>;
  readonly rules: Pick<RulesInForce, 'current'>;
  readonly neighbours: Pick<Neighbours, 'stateOf'>;
  readonly report: Report;
}

/**
 * Two interlocked doors that are opened in the same moment do not know of each other when they decide. Each looks again as
 * soon as it hears of the other, and takes back what it has granted while nobody has opened it; both do, so that it does
 * not matter who hears first. What was opened meanwhile cannot be undone, and is written down.
 */
export class InterlockWatch {
  readonly #parts: InterlockWatchParts;
  /** Doors that were found open together with this one, until this one is locked or that one closed. */
  readonly #met = new Set<string>();

  constructor(parts: InterlockWatchParts) {
    this.#parts = parts;
  }

  /** Take in a row that is in the journal now. */
  noticed({ kind }: LimenEvent): void {
    if (kind === 'door.locked') this.#met.clear();
    // The door is in the middle of a step of its own.
    if (kind === 'door.unlocked') queueMicrotask(() => this.look());
  }

  /** Compare this door with the others. Call it whenever something was heard of one. */
  look(): void {
    const { terminal, door, rules, neighbours, report } = this.#parts;
    const { state, contact } = door.status;
    if (state === 'locked' || state === 'lockdown') return;
    for (const [name, { terminals, staleAfterMs }] of named(rules.current.interlocks)) {
      if (!terminals.includes(terminal)) continue;
      for (const other of terminals.filter((one) => one !== terminal)) {
        if (neighbours.stateOf(other, staleAfterMs) !== 'open') {
          this.#met.delete(other);
          continue;
        }
        if (!this.#met.has(other)) {
          this.#met.add(other);
          report({ kind: 'access.interlock-met', body: { name, other, opened: contact === 'open' } });
        }
        // Refused by the door where it is somebody's way out. What fails here is a fault that the door reports.
        door.withdraw('interlock').catch(() => {});
      }
    }
  }
}
