import { type LockOutKey, waitAfterFailure } from '../access/rules/lock-out.ts';
import { type Factor, usualAnswerMs } from '../access/rules/rules.ts';
import type { Finding } from '../access/rules/situation.ts';
import { missingWithoutFace, proofsOf } from '../access/rules/without-face.ts';
import type { LimenEvent } from '../domain/event.ts';
import { hasFace, type Person } from '../domain/person.ts';
import type { DenialReason, Evidence, FinalVerdict, Verdict } from '../domain/verdict.ts';
import { asking, galleryTooOld, refusal, secondPerson } from './answers.ts';
import { Companions } from './companions.ts';
import { mayBeStoodInFor } from './fallback.ts';
import type { GuardParts } from './guard-parts.ts';
import { type HeardFrom, Passages } from './passages.ts';

/** Somebody who has proven something, and of whom something more is awaited. */
export interface Awaited {
  readonly person: Person;
  readonly proven: ReadonlySet<Factor>;
  /** Of the face; `null` while only a card or a PIN speaks for the person. */
  readonly evidence: Evidence | null;
  readonly untilMs: number;
  /** Where the face does not come or does not agree, what was proven is enough: after a face was refused for this. */
  readonly afterRefusal?: DenialReason | undefined;
}

/** What speaks for somebody. */
type Known = Pick<Awaited, 'proven' | 'afterRefusal'> & { readonly evidence: Evidence };
type Grant = Extract<Verdict, { kind: 'grant' }>;

/** Whoever was let in by a PIN still stands before the camera, and is not asked for it again. */
const restAfterGrantMs = 10_000;
const tellAgainAfterMs = 5000;
/** Asks for a second factor like a rule. No rule can have this name: none has a space. */
const oldGallery = 'an old gallery';
/** A face that was refused is compared once more, with that of the card's owner only, before the card alone counts. */
const faceOnceMoreMs = 5000;

/**
 * Stands between "this is Ada" and an open door: asks the rules, waits for second factors and second people, and
 * remembers. It never opens anything itself.
 */
export class Guard {
  readonly parts: GuardParts;
  #awaited: Awaited | null = null;
  readonly #companions: Companions;
  readonly #passages: Passages;
  readonly #restsUntilMs = new Map<string, number>();
  /** Somebody without a face was let in: it is theirs, most likely, that nobody knows. */
  #unknownRestUntilMs = Number.NEGATIVE_INFINITY;
  #lockedOutToldMs = Number.NEGATIVE_INFINITY;

  constructor(parts: GuardParts) {
    this.parts = parts;
    this.#companions = new Companions(parts);
    this.#passages = new Passages(parts);
  }

  /**
   * Whose face is awaited after a card or a PIN: the camera then compares with this person only, and with nobody at all
   * where that person is enrolled without a face.
   */
  get claimed(): Person | null {
    if (this.#awaited?.evidence !== null || this.#nowMs() >= this.#awaited.untilMs) return null;
    // Whoever was erased meanwhile is nobody.
    return this.parts.gallery().people.get(this.#awaited.person.id) ?? null;
  }

  /** Whose card or PIN is awaited, or whose face. */
  get awaited(): Awaited | null {
    return this.#awaited;
  }

  /** What becomes of a verdict about a face, before anybody acts on it. `gone`: nobody stands there any more. */
  judge(verdict: FinalVerdict, { gone = false }: { readonly gone?: boolean } = {}): Verdict {
    const claimed = this.claimed;
    // Who had left when a card was shown is not who holds it: whoever does is still to look into the camera.
    if (claimed !== null && gone) return asking;
    // Who declined a face still stands before the camera while they type; whoever it sees proves nothing for them.
    if (claimed !== null && !hasFace(claimed)) return asking;
    if (verdict.kind === 'deny') return claimed === null ? this.#refused(verdict) : this.#unconfirmed(verdict, claimed);
    this.parts.fallback?.forget();
    const person = this.parts.gallery().people.get(verdict.personId);
    if (person === undefined) return { ...verdict, kind: 'deny', reason: 'unknown', personId: null };
    const nowMs = this.#nowMs();
    if (nowMs < (this.#restsUntilMs.get(person.id) ?? 0)) return { kind: 'undecided', guidance: null };
    if (this.#awaited?.evidence != null && this.#awaited.person.id === person.id) return asking;
    if (this.#companions.isWaiting(person.id)) return secondPerson;
    const proven = new Set<Factor>(['face', ...(claimed?.id === person.id ? (this.#awaited?.proven ?? []) : [])]);
    return this.#conclude(person, { proven, evidence: verdict.evidence });
  }

  /** Somebody proved something more, or something first. `null` when nothing can be said yet. */
  prove(person: Person, factor: 'card' | 'pin'): void {
    const awaited = this.#awaited;
    // Too late is too late, also when nobody has looked at the clock since.
    const inTime = awaited !== null && this.#nowMs() < awaited.untilMs;
    const before = inTime && awaited.person.id === person.id ? awaited : null;
    const proven = new Set<Factor>([...(before?.proven ?? []), factor]);
    const evidence = before?.evidence ?? null;
    if (evidence !== null || missingWithoutFace(person, proven, this.parts.rules.current)?.length === 0) {
      const known = { proven, evidence: evidence ?? this.parts.unseen(), afterRefusal: before?.afterRefusal };
      this.#settleUnlessAsked(person, known);
      return;
    }
    if (!hasFace(person)) {
      this.#proveWithoutFace(person, proven);
      return;
    }
    this.parts.report({ kind: 'access.claimed', body: { personId: person.id, factors: [...proven] } });
    const afterRefusal = this.parts.fallback?.standsInFor(proven);
    const waitMs = afterRefusal === undefined ? this.#answerMs() : Math.min(faceOnceMoreMs, this.#answerMs());
    this.#awaited = { person, proven, evidence, untilMs: this.#nowMs() + waitMs, afterRefusal };
  }

  /** No face will confirm it: either something more can, or the answer is given at once. */
  #proveWithoutFace(person: Person, proven: ReadonlySet<Factor>): void {
    const { fallback, report, rules } = this.parts;
    const instead = fallback?.missing(proven)?.filter((factor) => proofsOf(person).includes(factor));
    const accept = instead ?? missingWithoutFace(person, proven, rules.current) ?? [];
    const afterRefusal = fallback?.standsInFor(proven);
    if (accept.length === 0) {
      this.#settleUnlessAsked(person, { proven, evidence: this.parts.unseen(), afterRefusal });
      return;
    }
    const withinMs = this.#answerMs();
    report({ kind: 'access.factor-asked', body: { personId: person.id, accept, withinMs } });
    this.#awaited = { person, proven, evidence: null, untilMs: this.#nowMs() + withinMs };
  }

  /** A card or a PIN that was refused: counted, and whoever has failed too often is no longer waited for. */
  refuse(
    factor: 'card' | 'pin',
    about: { personId: string | null; reason: string; keys: readonly LockOutKey[] },
  ): void {
    const { memory, rules, report, clock } = this.parts;
    const context = { memory: memory.memory, rules: rules.current, nowMs: clock.now().getTime() };
    const waits = Object.fromEntries(about.keys.map((key) => [key, waitAfterFailure(key, context)]));
    report({ kind: 'access.factor-refused', body: { factor, personId: about.personId, reason: about.reason, waits } });
    if (Object.values(waits).some((ms) => ms > 0)) this.lockedOut(about.personId);
  }

  /** A card or a PIN that was not even looked at. */
  lockedOut(personId: string | null): void {
    const evidence = this.#awaited?.evidence ?? this.parts.unseen();
    const factors = this.#awaited?.person.id === personId ? [...this.#awaited.proven] : [];
    this.#awaited = null;
    // A device that types without end must not fill the journal.
    if (this.#nowMs() - this.#lockedOutToldMs < tellAgainAfterMs) return;
    this.#lockedOutToldMs = this.#nowMs();
    const says = 'PINs and cards are refused for a while, after too many failures.';
    const access = { rule: 'lockOut', says, factors };
    this.parts.settle({ kind: 'deny', reason: 'locked-out', personId, evidence: { ...evidence, access } });
  }

  /** How long these are refused yet, and everything else at this terminal; 0 when they are not. */
  lockedMs(keys: readonly LockOutKey[]): number {
    return this.parts.lockOuts.remainingMs([...keys, `terminal:${this.parts.terminal}`]);
  }

  /** Somebody let in really went through; whoever was let in together with them, too. */
  passed(personId: string): void {
    for (const id of this.#companions.through(personId)) this.#passages.here(id);
  }

  /** Somebody was heard to have gone through at another terminal; once, however often it is heard. */
  passedElsewhere(personId: string, heardFrom: HeardFrom): void {
    this.#passages.elsewhere(personId, heardFrom);
  }

  /** Take in a row that is in the journal now. */
  noticed(event: LimenEvent): void {
    this.parts.memory.take(event);
    this.parts.lockOuts.take(event);
    this.parts.interlocks?.noticed(event);
    this.#companions.noticed(event);
  }

  /** Let go of whoever did not answer in time, and look after free access. Call it every second or so. */
  async tick(): Promise<void> {
    const awaited = this.#awaited;
    if (awaited?.evidence === null && awaited.afterRefusal !== undefined && this.#nowMs() >= awaited.untilMs) {
      this.#awaited = null;
      this.#settleUnlessAsked(awaited.person, { ...awaited, evidence: this.parts.unseen() });
    } else if (awaited !== null && this.#nowMs() >= awaited.untilMs) {
      this.#awaited = null;
      const missing =
        awaited.evidence === null && hasFace(awaited.person)
          ? 'No face confirmed it in time.'
          : 'The second factor did not come in time.';
      this.parts.settle(refusal(awaited, missing, awaited.evidence ?? this.parts.unseen()));
    }
    const { rules, clock, memory, freeAccess } = this.parts;
    const current = rules.missing || rules.contested ? null : rules.current;
    await freeAccess?.tick(current, { now: clock.now(), nowMs: this.#nowMs(), memory: () => memory.memory });
  }

  /** A face was refused: a card or a PIN may follow. */
  #refused(verdict: Extract<Verdict, { kind: 'deny' }>): Verdict {
    if (this.#nowMs() < this.#unknownRestUntilMs && mayBeStoodInFor(verdict.reason)) {
      return { kind: 'undecided', guidance: null };
    }
    this.parts.fallback?.refused(verdict.reason);
    return verdict;
  }

  /** Act on what was proven without a face, or wait for more where the rules ask for it. */
  #settleUnlessAsked(person: Person, known: Known): void {
    const verdict = this.#conclude(person, known);
    if (verdict.kind === 'undecided') return;
    if (known.afterRefusal !== undefined) this.parts.fallback?.forget();
    const restsUntilMs = this.#nowMs() + restAfterGrantMs;
    this.#restsUntilMs.set(person.id, restsUntilMs);
    if (verdict.kind === 'grant' && !hasFace(person)) this.#unknownRestUntilMs = restsUntilMs;
    this.parts.settle(verdict);
  }

  /** Ask the rules, and turn what they say into a verdict. */
  #conclude(person: Person, known: Known): Verdict {
    const { proven, evidence, afterRefusal } = known;
    const { rules, terminal, clock, memory, neighbours, lookAlike } = this.parts;
    const denied = (finding: Pick<Finding, 'reason' | 'by' | 'says'>): Verdict => {
      const access = { rule: finding.by, says: finding.says, factors: [...proven] };
      const reason = finding.reason ?? 'not-authorised-here';
      return { kind: 'deny', reason, personId: person.id, evidence: { ...evidence, access } };
    };
    if (rules.missing) return denied({ reason: 'no-rules', by: null, says: 'The rules of the hub have not come yet.' });
    const trust = this.parts.trust();
    if (trust === 'none') return denied(galleryTooOld);
    const situation = {
      ...{ person, proven, terminal, now: clock.now(), memory: memory.memory, otherDoor: neighbours.stateOf },
      // Not worth a search of the gallery where no rule asks for it.
      lookAlike: rules.askLookAlikes ? lookAlike(person.id) : null,
      lockedMs: this.lockedMs([`person:${person.id}`]),
      companion: this.#companions.first(),
      ...(afterRefusal !== undefined && { afterRefusal }),
    };
    const decision = rules.decide(situation, { alsoAsk: trust === 'second-factor' ? oldGallery : null });
    const { decisive, findings } = decision;
    if (decision.outcome === 'ask') return this.#ask({ person, ...known, untilMs: 0 }, decisive);
    this.#awaited = null;
    if (decisive !== null) {
      // A card that stands in for a face that was refused makes nobody the first of two.
      if (decisive.rule === 'two-person' && afterRefusal === undefined)
        this.#companions.cameFirst(person, decisive.withinMs ?? 0);
      return denied(decisive);
    }
    return this.#grant(person, known, findings);
  }

  #grant(person: Person, { proven, evidence, afterRefusal }: Known, findings: readonly Finding[]): Grant {
    for (const { noteworthy, by, says } of findings) {
      if (noteworthy)
        this.parts.report({ kind: 'access.anti-passback', body: { personId: person.id, rule: by ?? '', says } });
    }
    const needsTwo = findings.some(({ rule, by }) => rule === 'two-person' && by !== null);
    const companion = this.#companions.letIn(person.id, { needsTwo });
    const access = {
      ...{ rule: null, says: null, factors: [...proven] },
      ...(companion !== undefined && { companion }),
      ...(afterRefusal !== undefined && { afterRefusal }),
    };
    return { kind: 'grant', personId: person.id, name: person.name, evidence: { ...evidence, access } };
  }

  #ask(awaited: Awaited, finding: Finding | null): Verdict {
    const withinMs = this.#answerMs();
    this.#awaited = { ...awaited, untilMs: this.#nowMs() + withinMs };
    const accept = finding?.accept ?? ['pin', 'card'];
    this.parts.report({ kind: 'access.factor-asked', body: { personId: awaited.person.id, accept, withinMs } });
    return asking;
  }

  /** The face that came is not that of the card. */
  #unconfirmed(verdict: Extract<Verdict, { kind: 'deny' }>, claimed: Person): Verdict {
    // A face that is not good enough may still become so.
    if (verdict.reason === 'poor-quality') return { kind: 'undecided', guidance: null };
    const awaited = this.#awaited as Awaited;
    this.#awaited = null;
    if (awaited.afterRefusal !== undefined && mayBeStoodInFor(verdict.reason)) {
      const { proven, afterRefusal } = awaited;
      this.parts.fallback?.forget();
      return this.#conclude(claimed, { proven, evidence: verdict.evidence, afterRefusal });
    }
    this.parts.fallback?.refused(verdict.reason);
    if (verdict.personId === claimed.id) return verdict;
    return refusal(awaited, `The face is not that of ${claimed.name}.`, verdict.evidence);
  }

  #answerMs(): number {
    return this.parts.rules.current.answerWithinMs ?? usualAnswerMs;
  }

  #nowMs(): number {
    return this.parts.clock.monotonicMs();
  }
}
