import type { WireEvent } from '../sync/messages.ts';
import type { TerminalView } from './terminal-view.ts';

/** What browsers are told without asking, by `GET /api/live`. */
export type LiveMessage =
  /** Every terminal, whenever one of them has changed. */
  | { readonly type: 'terminals'; readonly terminals: readonly TerminalView[] }
  /** An event that has just come into the hub's books. */
  | { readonly type: 'event'; readonly event: WireEvent };
