import type { ClockQuality } from '../domain/event.ts';
import type { PunchDirection } from '../domain/punch.ts';

/** What a punch can mean. */
export type PunchCode = PunchDirection;

/** One punch, as the books have it. Nothing ever alters it: what was wrong about it is said by an {@link Entry}. */
export interface Punch {
  /** `<terminal>:<seq>` of the event, or the id of the entry that added it. Unique, and the same for ever. */
  readonly id: string;
  readonly personId: string;
  /** When, ISO 8601 UTC, as the terminal's clock said. */
  readonly at: string;
  readonly clock: ClockQuality;
  /** When it really was, where that became known later, and how. */
  readonly corrected?: { readonly at: string; readonly reason: string };
  /** When it was at the latest, where the clock was not set and nothing says by how much it was wrong, and why. */
  readonly latest?: { readonly at: string; readonly reason: string };
  readonly code: PunchCode;
  /** What is worked on, where the site tells kinds of work apart. */
  readonly work?: string;
  /** By what they were known (`face`, `card`, `pin`), where the terminal says. */
  readonly verifiedBy?: readonly string[];
  /** The face was refused for this reason, and a card or a PIN took its place. */
  readonly afterRefusal?: string;
  /** `null` for a punch that a person in the office added. */
  readonly terminal: string | null;
  readonly site: string;
  /** When the books learned of it, ISO 8601 UTC. */
  readonly recordedAt: string;
}

/** What somebody in the office said about the books. Signed, never altered, and taken back only by another entry. */
export type Entry = EntrySaid & {
  /** ULID: unique, and in the order of saying. */
  readonly id: string;
  /** Whose time it is about. */
  readonly about: string;
  readonly recordedAt: string;
  readonly author: string;
  readonly reason: string;
};

/** What can be said. Days are `YYYY-MM-DD` on the wall calendar of the person's site, the last one included. */
export type EntrySaid =
  | {
      readonly kind: 'add';
      readonly personId: string;
      readonly at: string;
      readonly code: PunchCode;
      readonly site: string;
      readonly work?: string;
    }
  | { readonly kind: 'void'; readonly punch: string }
  | { readonly kind: 'move'; readonly punch: string; readonly at: string }
  | { readonly kind: 'recode'; readonly punch: string; readonly code: PunchCode }
  | {
      readonly kind: 'leave';
      readonly personId: string;
      readonly from: string;
      readonly to: string;
      readonly leave: string;
      readonly paid: boolean;
    }
  | { readonly kind: 'approve'; readonly personId: string; readonly day: string; readonly what: Approvable }
  /** In these groups, and no others, from that day on. */
  | { readonly kind: 'groups'; readonly personId: string; readonly from: string; readonly groups: readonly string[] }
  | { readonly kind: 'reverse'; readonly entry: string };

/** What counts only once somebody has said that it may. */
export type Approvable = 'early-arrival' | 'late-departure' | 'overtime';

/** Everything that was known, and nothing that was derived from it. */
export interface Facts {
  readonly punches: readonly Punch[];
  readonly entries: readonly Entry[];
}

/** What the books knew at an instant: a report of then comes out as it came out then. */
export function knownAt({ punches, entries }: Facts, at: Date): Facts {
  const before = ({ recordedAt }: { readonly recordedAt: string }) => Date.parse(recordedAt) <= at.getTime();
  return { punches: punches.filter(before), entries: entries.filter(before) };
}

/** When a punch was, as far as anybody knows: milliseconds since 1970. */
export function instantOf({ at, corrected }: Pick<Punch, 'at' | 'corrected'>): number {
  return Date.parse(corrected?.at ?? at);
}
