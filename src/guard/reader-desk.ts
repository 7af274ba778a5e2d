import { checkPin } from '../access/pin.ts';
import type { LockOutKey } from '../access/rules/lock-out.ts';
import type { Person } from '../domain/person.ts';
import type { ReaderInput } from '../reader/input.ts';
import type { Guard } from './guard.ts';

export interface ReaderDeskOptions {
  readonly guard: Guard;
  /** Of a card number, for the journal: numbers open doors, and journals are read by many. */
  readonly fingerprint: (cardNumber: string) => string;
  /** For constant time in tests: how a PIN is checked. */
  readonly check?: typeof checkPin;
}

/** What says who somebody is. */
export type DeskInput = Exclude<ReaderInput, { kind: 'key' }>;

/** More waits for its turn than anybody types: the rest is noise. */
const longestQueue = 4;

/** Takes in what readers give, one thing after the other, because checking a PIN takes a while. */
export class ReaderDesk {
  readonly #guard: Guard;
  readonly #fingerprint: ReaderDeskOptions['fingerprint'];
  readonly #check: typeof checkPin;
  #waiting = 0;
  #working: Promise<void> = Promise.resolve();

  constructor({ guard, fingerprint, check = checkPin }: ReaderDeskOptions) {
    this.#guard = guard;
    this.#fingerprint = fingerprint;
    this.#check = check;
  }

  /** Resolves when it was dealt with. @throws LimenError when the journal cannot be written: nothing was opened then. */
  take(input: DeskInput): Promise<void> {
    if (this.#waiting >= longestQueue) return Promise.resolve();
    this.#waiting += 1;
    const done = this.#working
      .then(() => this.#takeNow(input))
      .finally(() => {
        this.#waiting -= 1;
      });
    this.#working = done.catch(() => {});
    return done;
  }

  async #takeNow(input: DeskInput): Promise<void> {
    if (input.kind === 'card') {
      this.#card(input.number);
      return;
    }
    const awaited = this.#guard.awaited?.person.id ?? null;
    const personId = input.kind === 'claim' ? input.personId : awaited;
    // Nobody was asked for a PIN: four digits alone say nothing about who typed them.
    if (personId === null) return;
    await this.#pin(input.digits, personId);
  }

  #card(number: string): void {
    const guard = this.#guard;
    const key: LockOutKey = `card:${this.#fingerprint(number)}`;
    const owners = [...guard.parts.gallery().people.values()].filter(({ cards }) => cards?.includes(number));
    const [owner] = owners;
    const keys = [key, ...(owner === undefined ? [] : ([`person:${owner.id}`] as const))];
    if (guard.lockedMs(keys) > 0) {
      guard.lockedOut(owner?.id ?? null);
      return;
    }
    const refused = this.#cardRefused(owners);
    if (refused !== null || owner === undefined) {
      const { personId, reason } = refused ?? unknownCard;
      guard.refuse('card', { personId, reason, keys: [key, `terminal:${guard.parts.terminal}`] });
      return;
    }
    guard.parts.report({ kind: 'access.factor-proven', body: { personId: owner.id, factor: 'card', keys: [key] } });
    guard.prove(owner, 'card');
  }

  /** Why a card proves nothing; `null` where it proves its only owner. */
  #cardRefused([owner, ...others]: readonly Person[]): { personId: string | null; reason: string } | null {
    if (owner === undefined) return unknownCard;
    if (others.length > 0) return { personId: null, reason: 'card-of-several' };
    // Somebody else's card in answer to a face: a lent card, or a queue.
    const { awaited } = this.#guard;
    if (awaited?.evidence == null || awaited.person.id === owner.id) return null;
    return { personId: awaited.person.id, reason: 'card-of-another' };
  }

  async #pin(digits: string, personId: string): Promise<void> {
    const guard = this.#guard;
    const person = guard.parts.gallery().people.get(personId) ?? null;
    const key: LockOutKey = `person:${personId}`;
    if (guard.lockedMs([key]) > 0) {
      guard.lockedOut(person?.id ?? null);
      return;
    }
    const checked = await this.#check(digits, person);
    // The gallery may have changed meanwhile: an erased person, or a new PIN, is not let in by the old one.
    const known = guard.parts.gallery().people.get(personId);
    if (checked === null || person === null || known === undefined || !sameSecrets(known, person)) {
      const keys: LockOutKey[] = [...(person === null ? [] : [key]), `terminal:${guard.parts.terminal}`];
      guard.refuse('pin', { personId: person?.id ?? null, reason: 'wrong-pin', keys });
      return;
    }
    guard.parts.report({ kind: 'access.factor-proven', body: { personId, factor: 'pin', keys: [key] } });
    if (checked === 'duress') guard.parts.report({ kind: 'access.duress', body: { personId } });
    guard.prove(known, 'pin');
  }
}

const unknownCard = { personId: null, reason: 'unknown-card' };

function sameSecrets(a: Person, b: Person): boolean {
  return a.pinHash === b.pinHash && a.duressPinHash === b.duressPinHash;
}
