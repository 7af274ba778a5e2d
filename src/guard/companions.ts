import type { EventBodies, LimenEvent } from '../domain/event.ts';
import type { Person } from '../domain/person.ts';
import type { GuardParts } from './guard-parts.ts';

/** Two people who have to come together: who came first, and who was let in with whom. */
export class Companions {
  readonly #parts: Pick<GuardParts, 'clock' | 'gallery'>;
  #first: { readonly person: Person; readonly atMs: number; readonly withinMs: number } | null = null;
  /** Who was let in together with somebody, until they went through or could have. */
  readonly #together = new Map<string, string>();

  constructor(parts: Pick<GuardParts, 'clock' | 'gallery'>) {
    this.#parts = parts;
  }

  /** Found to be authorised, and alone so far; somebody else has to come within `withinMs`. */
  cameFirst(person: Person, withinMs: number): void {
    this.#first = { person, atMs: this.#parts.clock.monotonicMs(), withinMs };
  }

  /** Whether this is the one who came first, and still in time for the second. */
  isWaiting(personId: string): boolean {
    return this.#first?.person.id === personId && this.#agoMs(this.#first) <= this.#first.withinMs;
  }

  /** Who came first of two, in time. Whoever was erased or changed meanwhile is not the one who was found to be authorised. */
  first(): { readonly person: Person; readonly agoMs: number } | null {
    if (this.#first === null) return null;
    const { person, withinMs } = this.#first;
    const agoMs = this.#agoMs(this.#first);
    const known = this.#parts.gallery().people.get(person.id);
    return known?.version === person.version && agoMs <= withinMs ? { person, agoMs } : null;
  }

  /** Somebody is let in. Returns who came first, where two are needed; a companion counts once. */
  letIn(personId: string, { needsTwo }: { readonly needsTwo: boolean }): string | undefined {
    // Whoever came with them another time does not come with them now.
    this.#together.delete(personId);
    if (!needsTwo) return undefined;
    const first = this.#first?.person.id;
    this.#first = null;
    if (first !== undefined) this.#together.set(personId, first);
    return first;
  }

  /** Everybody who goes through when this one does, in the order in which they came. */
  through(personId: string): readonly string[] {
    const companion = this.#together.get(personId);
    this.#together.delete(personId);
    return companion === undefined ? [personId] : [companion, personId];
  }

  /** Take in a row of the journal: who did not open the door goes through with nobody. */
  noticed({ kind, body }: LimenEvent): void {
    if (kind !== 'door.unused') return;
    const { personId } = body as EventBodies['door.unused'];
    if (personId !== null) this.#together.delete(personId);
  }

  #agoMs({ atMs }: { readonly atMs: number }): number {
    return this.#parts.clock.monotonicMs() - atMs;
  }
}
