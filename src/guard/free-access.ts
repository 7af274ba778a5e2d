import type { Memory } from '../access/rules/memory.ts';
import { type FreeAccess, named, type Rules } from '../access/rules/rules.ts';
import { occurrenceId, scheduleAt } from '../access/rules/schedule.ts';
import type { Clock } from '../domain/clock.ts';
import type { Report } from '../domain/event.ts';
import type { Person } from '../domain/person.ts';
import type { Door } from '../door/door.ts';

/** What a door has to offer for free access. */
export type HeldDoor = Pick<Door, 'hold' | 'endHold' | 'status'>;

export interface FreeAccessParts {
  readonly terminal: string;
  readonly door: HeldDoor;
  readonly report: Report;
  readonly clock: Pick<Clock, 'quality'>;
  /** Go by the clock though nobody has set it since the start. */
  readonly byUnsetClock: boolean;
}

/** After a door has refused to be held, for the journal's sake. */
const retryAfterMs = 30_000;
/** A time server that can be reached has answered by then. */
const clockIsLateAfterMs = 60_000;

/**
 * Holds the door open while a schedule says so, and, where the rule names groups, once their first person has come. A
 * machine without a battery wakes up at any hour and believes it is that of the power cut: until its clock is set, nothing
 * begins.
 */
export class FreeAccessKeeper {
  readonly #parts: FreeAccessParts;
  #held: { readonly name: string; readonly occurrence: string } | null = null;
  #notBeforeMs = 0;
  #knowsTheTime = false;
  #waitsSinceMs: number | null = null;
  #saidThatItWaits = false;

  constructor(parts: FreeAccessParts) {
    this.#parts = parts;
  }

  /** Somebody was let in: may be the first person that a rule waits for. */
  cameIn(person: Person, { rules, now, memory }: { rules: Rules; now: Date; memory: Memory }): void {
    const due = this.#timeIsKnown() ? this.#due(rules, now) : [];
    for (const { name, rule, occurrence } of due) {
      if (memory.begun[name] === occurrence) continue;
      if (rule.afterGroups === undefined || !rule.afterGroups.some((group) => person.groups.includes(group))) continue;
      this.#parts.report({ kind: 'access.free-access-begun', body: { name, occurrence, personId: person.id } });
    }
  }

  /** Hold or end holding, as it is now. Call it every second or so, and with `null` for nobody's rules. */
  async tick(rules: Rules | null, context: { now: Date; nowMs: number; memory: () => Memory }): Promise<void> {
    const { door, report } = this.#parts;
    if (!this.#timeIsKnown()) return this.#wait(rules ?? {}, context.nowMs);
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

  /** A clock that was set stays right for as long as the process runs: without its time server it drifts by seconds. */
  #timeIsKnown(): boolean {
    const { clock, byUnsetClock } = this.#parts;
    this.#knowsTheTime ||= byUnsetClock || clock.quality() === 'synced';
    return this.#knowsTheTime;
  }

  /** Say once why nothing begins; not in the first moments of every start. */
  #wait(rules: Rules, nowMs: number): void {
    this.#waitsSinceMs ??= nowMs;
    const names = this.#here(rules).map(([name]) => name);
    if (this.#saidThatItWaits || names.length === 0 || nowMs - this.#waitsSinceMs < clockIsLateAfterMs) return;
    this.#saidThatItWaits = true;
    this.#parts.report({ kind: 'access.free-access-waiting', body: { names, reason: 'clock-unset' } });
  }

  #here(rules: Rules): [name: string, rule: FreeAccess][] {
    return named(rules.freeAccess).filter(([, { terminals }]) => terminals.includes(this.#parts.terminal));
  }

  #due(rules: Rules, now: Date): { name: string; rule: FreeAccess; occurrence: string }[] {
    return this.#here(rules).flatMap(([name, rule]) => {
      const finding = scheduleAt(rule.schedule, rules, now);
      return finding.active ? [{ name, rule, occurrence: occurrenceId(finding.occurrence) }] : [];
    });
  }
}
