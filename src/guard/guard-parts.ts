import type { Clock } from '../domain/clock.ts';
import type { Report } from '../domain/event.ts';
import type { GalleryTrust } from '../domain/gallery-trust.ts';
import type { Evidence, FinalVerdict } from '../domain/verdict.ts';
import type { Gallery } from '../gallery/gallery.ts';
import type { Fallback } from './fallback.ts';
import type { FreeAccessKeeper } from './free-access.ts';
import type { InterlockWatch } from './interlock-watch.ts';
import type { LockOuts } from './lock-outs.ts';
import type { MemoryKeeper } from './memory-keeper.ts';
import type { Neighbours } from './neighbours.ts';
import type { RulesInForce } from './rules-in-force.ts';

/** What a guard works with. */
export interface GuardParts {
  readonly terminal: string;
  readonly clock: Clock;
  readonly report: Report;
  readonly rules: RulesInForce;
  readonly memory: MemoryKeeper;
  readonly lockOuts: LockOuts;
  readonly neighbours: Neighbours;
  /** `null` at a terminal without a door. */
  readonly freeAccess: FreeAccessKeeper | null;
  /** `null` at a terminal without a door. */
  readonly interlocks: InterlockWatch | null;
  /** Asked anew each time: the gallery is swapped whole. */
  readonly gallery: () => Gallery;
  /** Who else a person may be taken for. */
  readonly lookAlike: (personId: string) => string | null;
  /** What there is to say about somebody whom no camera saw. */
  readonly unseen: () => Evidence;
  /** What the gallery is still good for. */
  readonly trust: () => GalleryTrust;
  /** Whether a card or a PIN may take the place of a face that was refused; left out, never. */
  readonly fallback?: Fallback | undefined;
  /** Write a verdict down, then act on it. */
  readonly settle: (verdict: FinalVerdict) => void;
}
