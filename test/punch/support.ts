import type { Clock } from '../../src/domain/clock.ts';
import type { ClockQuality, LimenEvent, Occurrence } from '../../src/domain/event.ts';
import type { PunchMeaning, PunchOutcome } from '../../src/domain/punch.ts';
import type { DenialReason } from '../../src/domain/verdict.ts';
import { lastPunchKinds } from '../../src/punch/last-punches.ts';
import { PunchChoice, type PunchKey } from '../../src/punch/punch-choice.ts';
import { type Grant, PunchClock, type PunchPolicy } from '../../src/punch/punch-clock.ts';

/** Somebody who was verified by the face, or by what stands in for it. */
export function grantOf(personId: string, instead?: { factors: readonly string[]; afterRefusal: DenialReason }): Grant {
  const access = { rule: null, says: null, factors: ['face'], ...instead };
  return { kind: 'grant', personId, name: personId, evidence: { trackId: 1, access } } as unknown as Grant;
}

export const keys: readonly PunchKey[] = [
  { name: 'in', label: 'In', direction: 'in' },
  { name: 'out', label: 'Out', direction: 'out' },
  { name: 'pause', label: 'Break', direction: 'break-start' },
  { name: 'back', label: 'Back', direction: 'break-end' },
  { name: 'weld', label: 'Welding', direction: 'change', work: 'welding' },
];

/** A clock on the wall that a test moves, with a monotonic one that begins anew at a restart. */
export class WallClock implements Clock {
  wallMs: number;
  bootedMs: number;
  synced: ClockQuality = 'synced';

  constructor(iso: string) {
    this.wallMs = Date.parse(iso);
    this.bootedMs = this.wallMs;
  }

  now(): Date {
    return new Date(this.wallMs);
  }

  monotonicMs(): number {
    return this.wallMs - this.bootedMs;
  }

  quality(): ClockQuality {
    return this.synced;
  }

  /** Time goes by. */
  pass(ms: number): void {
    this.wallMs += ms;
  }

  until(iso: string): void {
    this.wallMs = Date.parse(iso);
  }

  /** The clock is set: no time goes by. */
  step(ms: number): void {
    this.wallMs += ms;
    this.bootedMs += ms;
  }

  /** The machine starts anew. */
  boot(): void {
    this.bootedMs = this.wallMs;
  }
}

/** A time clock with a journal in memory, stamped by the clock of the test; it can be started anew. */
export class Bench {
  readonly clock: WallClock;
  readonly rows: LimenEvent[] = [];
  readonly outcomes: PunchOutcome[] = [];
  readonly #options: Partial<PunchPolicy> & { readonly scheduled?: (now: Date) => PunchMeaning | null };
  #punches: PunchClock;
  /** The next row cannot be written. */
  isFull = false;

  constructor(iso: string, options: Partial<PunchPolicy> & { scheduled?: (now: Date) => PunchMeaning | null } = {}) {
    this.clock = new WallClock(iso);
    this.#options = options;
    this.#punches = this.#start();
  }

  get punches(): PunchClock {
    return this.#punches;
  }

  report(occurrence: Occurrence): LimenEvent {
    if (this.isFull) throw new Error('the disk is full');
    const seq = this.rows.length + 1;
    const stamp = { at: this.clock.now().toISOString(), clock: this.clock.quality() };
    const row = { seq, id: String(seq), terminal: 'gate', ...stamp, ...occurrence } as LimenEvent;
    this.rows.push(row);
    return row;
  }

  /** Switched off and on: what it knew is gone, and the monotonic clock begins at 0. */
  restart(): void {
    this.clock.boot();
    this.report({
      kind: 'terminal.started',
      body: { version: '1', pack: 'p', embedder: 'e', galleryVersion: 1, people: 1 },
    });
    this.#punches = this.#start();
  }

  /** Somebody is verified. In short: `in`, `change:welding`, `already in`, `choose`. */
  come(personId: string, instead?: Parameters<typeof grantOf>[1]): string {
    return short(this.punches.punch(grantOf(personId, instead)));
  }

  kinds(): string[] {
    return this.rows.map(({ kind }) => kind);
  }

  #start(): PunchClock {
    const policy = { role: 'alternate', debounceMs: 60_000, forgetAfterMs: 16 * 3_600_000, ...this.#options } as const;
    const recent = this.rows.filter(({ kind }) => (lastPunchKinds as readonly string[]).includes(kind));
    const choice = new PunchChoice({ keys, lastsMs: 15_000, clock: this.clock });
    const report = (occurrence: Occurrence) => this.report(occurrence);
    const punches = new PunchClock({ ...policy, clock: this.clock, choice, report, recent });
    punches.watch((outcome) => void this.outcomes.push(outcome));
    return punches;
  }
}

function short(outcome: PunchOutcome): string {
  if (outcome.kind === 'choose' || outcome.kind === 'not-chosen') return outcome.kind;
  const meaning = outcome.work === undefined ? outcome.direction : `${outcome.direction}:${outcome.work}`;
  return outcome.kind === 'recorded' ? meaning : `already ${meaning}`;
}
