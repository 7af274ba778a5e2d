import { named } from '../access/rules/rules.ts';
import type { Person } from '../domain/person.ts';
import type { GuardParts } from './guard-parts.ts';

/** Two people who have to come together: who came first, and who was let in with whom. */
export class Companions {
  readonly #parts: Pick<GuardParts, 'clock' | 'gallery' | 'rules'>;
  #first: { readonly person: Person; readonly atMs: number } | null = null;
  /** Who was let in together with somebody, until they went through. */
  readonly #together = new Map<string, string>();

  constructor(parts: Pick<GuardParts, 'clock' | 'gallery' | 'rules'>) {
    this.#parts = parts;
  }

  /** Found to be authorised, and alone so far. */
  cameFirst(person: Person): void {
    this.#first = { person, atMs: this.#parts.clock.monotonicMs() };
  }

  /** Whether this is the one who came first, and still in time for the second. */
  isWaiting(personId: string): boolean {
    const { clock, rules } = this.#parts;
    if (this.#first?.person.id !== personId) return false;
    const longestMs = Math.max(0, ...named(rules.current.twoPerson).map(([, { withinMs }]) => withinMs));
    return clock.monotonicMs() - this.#first.atMs <= longestMs;
  }

  /** Who came first of two. Whoever was erased or changed meanwhile is not the one who was found to be authorised. */
  first(): { readonly person: Person; readonly agoMs: number } | null {
    if (this.#first === null) return null;
    const { person, atMs } = this.#first;
    const known = this.#parts.gallery().people.get(person.id);
    return known?.version === person.version ? { person, agoMs: this.#parts.clock.monotonicMs() - atMs } : null;
  }

  /** The second was let in. Returns who came first; a companion counts once. */
  joinedBy(personId: string): string | undefined {
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
}
