import type { Clock } from '../domain/clock.ts';
import { clockMarkKinds, clockMarkOf, putRight } from '../domain/clock-run.ts';
import type { EventBodies, EventKind, LimenEvent } from '../domain/event.ts';
import type { PunchMeaning } from '../domain/punch.ts';

/** The rows of a journal that {@link LastPunches} is made of. */
export const lastPunchKinds = ['punch.recorded', ...clockMarkKinds] as const satisfies EventKind[];

/** Somebody's last punch at this terminal. */
export interface LastPunch extends PunchMeaning {
  /** How long ago; never less than 0, whatever clocks do. */
  readonly ageMs: number;
  /** When, by the clock as it is set now: ISO 8601 UTC. */
  readonly at: string;
}

interface Kept extends PunchMeaning {
  readonly at: string;
  readonly monotonicMs: number;
}

/** The clock and the monotonic one run apart by this much, and nobody would say that the clock was put right. */
const sameMs = 1000;

/** Who punched last what, and how long ago: out of the journal at the start, and by the monotonic clock from then on. */
export class LastPunches {
  readonly #clock: Clock;
  readonly #byPerson = new Map<string, Kept>();

  /** @param rows the newest of {@link lastPunchKinds}, in the order of `seq` */
  constructor(clock: Clock, rows: readonly LimenEvent[] = []) {
    this.#clock = clock;
    const marks = rows.flatMap((row) => clockMarkOf(row) ?? []);
    for (const row of rows) {
      if (row.kind !== 'punch.recorded') continue;
      const wrongByMs = row.clock === 'unsynced' ? (putRight(marks, row.seq)?.byMs ?? 0) : 0;
      const at = new Date(Date.parse(row.at) + wrongByMs);
      // Only the wall clock survives a restart; where it stepped back, the age is at least not negative.
      const ageMs = Math.max(0, clock.now().getTime() - at.getTime());
      this.#keep(row.body as EventBodies['punch.recorded'], at.toISOString(), clock.monotonicMs() - ageMs);
    }
  }

  /** `null` for who has not punched here, as far as the journal reaches. */
  of(personId: string): LastPunch | null {
    const kept = this.#byPerson.get(personId);
    if (kept === undefined) return null;
    const { at, monotonicMs, ...meaning } = kept;
    const ageMs = this.#clock.monotonicMs() - monotonicMs;
    const byNow = this.#clock.now().getTime() - ageMs;
    const moved = Math.abs(byNow - Date.parse(at)) > sameMs;
    return { ...meaning, ageMs, at: moved ? new Date(byNow).toISOString() : at };
  }

  /** A punch that is in the journal now, stamped `at`. */
  take(punch: EventBodies['punch.recorded'], at: string): void {
    this.#keep(punch, at, this.#clock.monotonicMs());
  }

  #keep({ personId, direction, work }: EventBodies['punch.recorded'], at: string, monotonicMs: number): void {
    this.#byPerson.set(personId, { direction, ...(work !== undefined && { work }), at, monotonicMs });
  }
}
