import type { Memory } from '../access/rules/memory.ts';
import { type FreeAccess, named, type Rules } from '../access/rules/rules.ts';
import { occurrenceId, scheduleAt } from '../access/rules/schedule.ts';
import type { Report } from '../domain/event.ts';
import type { Person } from '../domain/person.ts';
import type { Door } from '../door/door.ts';

/** What a door has to offer for free access. */
export type HeldDoor = Pick<Door, 'hold' | 'endHold' | 'status'>;

export interface FreeAccessParts {
  readonly terminal: string;
  readonly door: HeldDoor;
  readonly report: Report;
}

/** After a door has refused to be held, for the journal's sake. */
const retryAfterMs = 30_000;

/** Holds the door open while a schedule says so, and, where the rule names groups, once their first person has come. */
export class FreeAccessKeeper {
  readonly #parts: FreeAccessParts;
  #held: { readonly name: string; readonly occurrence: string } | null = null;
  #notBeforeMs = 0;

  constructor(parts: FreeAccessParts) {
    this.#parts = parts;
  }

  /** Somebody was let in: may be the first person that a rule waits for. */
  cameIn(person: Person, { rules, now, memory }: { rules: Rules; now: Date; memory: Memory }): void {
    for (const { name, rule, occurrence } of this.#due(rules, now)) {
      if (memory.begun[name] === occurrence) continue;
      if (rule.afterGroups === undefined || !rule.afterGroups.some((group) => person.groups.includes(group))) continue;
      this.#parts.report({ kind: 'access.free-access-begun', body: { name, occurrence, personId: person.id } });
    }
  }

  /** Hold or end holding, as it is now. Call it every second or so, and with `null` for nobody's rules. */
  async tick(rules: Rules | null, context: { now: Date; nowMs: number; memory: () => Memory }): Promise<void> {
    const { door, report } = this.#parts;
    const due = rules === null ? [] : this.#due(rules, context.now);
    for (const { name, rule, occurrence } of due) {
      if (rule.afterGroups !== undefined || context.memory().begun[name] === occurrence) continue;
      report({ kind: 'access.free-access-begun', body: { name, occurrence, personId: null } });
    }
    const memory = context.memory();
    // Who orders the door to be locked means it: until the rule's hours begin again.
    const begun = due.find(
      (one) => memory.begun[one.name] === one.occurrence && memory.ended[one.name] !== one.occurrence,
    );
    if (begun === undefined) return this.#end();
    const { lockdown, holding } = door.status;
    this.#held = begun;
    if (lockdown || holding || context.nowMs < this.#notBeforeMs) return;
    await door.hold(`free-access ${begun.name}`).catch(() => {
      // The door reports why. It is asked again, because lockdowns and faults end.
      this.#notBeforeMs = context.nowMs + retryAfterMs;
    });
  }

  async #end(): Promise<void> {
    if (this.#held === null) return;
    const { name, occurrence } = this.#held;
    this.#held = null;
    await this.#parts.door.endHold(`free-access ${name}`);
    this.#parts.report({ kind: 'access.free-access-ended', body: { name, occurrence } });
  }

  #due(rules: Rules, now: Date): { name: string; rule: FreeAccess; occurrence: string }[] {
    return named(rules.freeAccess).flatMap(([name, rule]) => {
      const finding = rule.terminals.includes(this.#parts.terminal) ? scheduleAt(rule.schedule, rules, now) : null;
      return finding?.active ? [{ name, rule, occurrence: occurrenceId(finding.occurrence) }] : [];
    });
  }
}
