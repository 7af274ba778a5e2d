import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Rules } from '../../src/access/rules/rules.ts';
import type { Clock } from '../../src/domain/clock.ts';
import type { EventKind, LimenEvent, Occurrence } from '../../src/domain/event.ts';
import type { GalleryTrust } from '../../src/domain/gallery-trust.ts';
import type { Person } from '../../src/domain/person.ts';
import type { DenialReason, Evidence, FinalVerdict, Verdict } from '../../src/domain/verdict.ts';
import { Gallery } from '../../src/gallery/gallery.ts';
import { Fallback, type FallbackTerms } from '../../src/guard/fallback.ts';
import { Guard } from '../../src/guard/guard.ts';
import { LockOuts } from '../../src/guard/lock-outs.ts';
import { MemoryKeeper } from '../../src/guard/memory-keeper.ts';
import { Neighbours } from '../../src/guard/neighbours.ts';
import { ReaderDesk } from '../../src/guard/reader-desk.ts';
import { RulesInForce } from '../../src/guard/rules-in-force.ts';
import type { Journal } from '../../src/journal/journal.ts';
import { SealedFile } from '../../src/runtime/sealed-file.ts';
import { snapshotOf } from '../gallery/people.ts';
import { memoryJournal } from '../support/memory-journal.ts';

/** A clock that a test moves. */
export class MovedClock implements Clock {
  ms = 1_000_000;
  now(): Date {
    return new Date(Date.parse('2026-11-25T12:00:00Z') + this.ms);
  }
  monotonicMs(): number {
    return this.ms;
  }
  quality() {
    return 'synced' as const;
  }
}

export interface Guarded {
  readonly guard: Guard;
  readonly desk: ReaderDesk;
  readonly clock: MovedClock;
  readonly journal: Journal;
  /** Verdicts that the guard came to by itself. */
  readonly settled: FinalVerdict[];
  /** What the guard makes of a face. */
  face(personId: string): Verdict;
  /** What it makes of a face that was refused; in a comparison with one person too. */
  refusedFace(reason: DenialReason): Verdict;
  /** In place of the gallery so far. */
  adopt(people: readonly Person[]): void;
  events<K extends EventKind>(kind: K): LimenEvent<K>[];
}

const evidence: Evidence = {
  ...{ trackId: 1, framesSeen: 3, framesUsed: 3, agreeing: 3, distance: 0.1, threshold: 0.3, margin: 0.4 },
  ...{ elapsedMs: 500, decidingMs: 400, liveness: 1, qualityFailures: [] },
  ...{ galleryVersion: 1, galleryPeople: 2, model: 'test/1' },
};

/** A guard with everything real around it but the camera and the door; `folder` and `journal` outlive a restart. */
export async function guarded(options: {
  readonly rules: Rules;
  readonly people: readonly Person[];
  readonly folder: string;
  readonly lookAlike?: (personId: string) => string | null;
  readonly journal?: Journal;
  readonly trust?: () => GalleryTrust;
  readonly fallback?: FallbackTerms;
}): Promise<Guarded> {
  const { people, folder, journal = memoryJournal('front') } = options;
  const clock = new MovedClock();
  const file = new SealedFile({ file: join(folder, 'memory'), purpose: 'a test', key: Buffer.alloc(32, 7) });
  const memory = await MemoryKeeper.open(file, journal);
  let gallery = Gallery.from(snapshotOf([...people]));
  const settled: FinalVerdict[] = [];
  const report = (occurrence: Occurrence) => guard.noticed(journal.append(occurrence));
  const guard = new Guard({
    ...{ terminal: 'front', clock, report, memory, freeAccess: null, interlocks: null },
    rules: new RulesInForce({ configuration: options.rules, hub: null, needsHub: false }),
    lockOuts: new LockOuts(memory.memory, clock),
    neighbours: new Neighbours(clock),
    gallery: () => gallery,
    lookAlike: options.lookAlike ?? (() => null),
    trust: options.trust ?? (() => 'full'),
    fallback: options.fallback && new Fallback(options.fallback, clock),
    unseen: () => ({ ...evidence, distance: null }),
    settle: (verdict) => settled.push(verdict),
  });
  const fingerprint = (card: string) => createHash('sha256').update(card).digest('hex').slice(0, 16);
  return {
    ...{ guard, clock, journal, settled },
    desk: new ReaderDesk({ guard, fingerprint }),
    refusedFace: (reason) => guard.judge({ kind: 'deny', reason, personId: null, evidence }),
    face: (personId) => guard.judge({ kind: 'grant', personId, name: personId, evidence }),
    adopt(changed) {
      gallery = Gallery.from(snapshotOf([...changed]));
    },
    events: <K extends EventKind>(kind: K) =>
      journal.latest(1000).filter((event) => event.kind === kind) as LimenEvent<K>[],
  };
}

/** `grant`, `undecided`, or why not. */
export function outcome(verdict: Verdict | undefined): string | undefined {
  return verdict?.kind === 'deny' ? verdict.reason : verdict?.kind;
}
