import type { EventBodies, LimenEvent } from '../domain/event.ts';
import type { ShownPunch } from './message.ts';

const keptPerPerson = 4;

/** The last few punches of everybody at this terminal: out of the journal at the start, and from its events after that. */
export class PunchHistory {
  readonly #byPerson = new Map<string, readonly ShownPunch[]>();

  /** @param rows of the journal, in the order of `seq` */
  constructor(rows: readonly LimenEvent[]) {
    for (const row of rows) this.take(row);
  }

  /** Take in a row; any other than a punch changes nothing. */
  take({ kind, body, at }: LimenEvent): void {
    if (kind !== 'punch.recorded') return;
    const { personId, direction, work } = body as EventBodies['punch.recorded'];
    const punch = { direction, ...(work !== undefined && { work }), at };
    this.#byPerson.set(personId, [punch, ...this.of(personId)].slice(0, keptPerPerson));
  }

  /** Newest first. */
  of(personId: string): readonly ShownPunch[] {
    return this.#byPerson.get(personId) ?? [];
  }
}
