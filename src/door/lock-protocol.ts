/**
 * What the daemon and the lock process say to each other: one JSON object per line over a Unix socket.
 * Checked by hand: the lock process stays small and loads no schema library.
 */

import type { LockTerms } from './lock-terms.ts';

/** What a daemon may ask. */
export type LockVerb =
  /** Let the door be opened for at most `lease` milliseconds from now; `egress`: somebody must get out. */
  | { readonly lease: number; readonly egress?: true }
  /** Free access for at most `hold` milliseconds from now. */
  | { readonly hold: number }
  /** Rest level now; the text is the cause, and comes back in {@link LockSecured}. */
  | { readonly secure: string }
  /** Refuse every lease but egress, and every hold, until it is lifted. */
  | { readonly lockdown: true }
  | { readonly lift: true }
  /** "I am alive." Silence while the line is released ends the opening. */
  | { readonly beat: true };

/** From the daemon. Every request is answered, in order, with its `id`. */
export type LockRequest = { readonly id: number } & LockVerb;

/** State as read back from the line, not as commanded. */
export type LineState = 'secured' | 'released';

/** A failure, on its way to become a `LimenError` on the other side. */
export interface LockFailure {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

/** The first message on every connection: whose door this is, and what its lock process holds itself to. */
export interface LockGreeting {
  readonly lock: string;
  readonly terms: LockTerms;
}

/** The only message on a connection that is one too many. */
export interface LockTurnedAway {
  readonly failure: LockFailure;
}

/** The answer to a request. `leaseMs`: what is left of the lease, 0 when there is none. */
export type LockAnswer =
  | { readonly id: number; readonly state: LineState; readonly leaseMs: number }
  | { readonly id: number; readonly failure: LockFailure };

/** Told whenever an opening ends, whoever ended it. */
export interface LockSecured {
  readonly secured: string;
  readonly openMs: number;
}

/** First line on the standard output of a daemon's own lock process: it listens and the line is at rest, or it could not start. */
export type LockStart = { readonly listening: string; readonly lock: string } | { readonly failure: LockFailure };

/**
 * Read one request.
 *
 * @throws Error when it is anything but exactly one of the requests.
 */
export function parseRequest(line: string): LockRequest {
  const message: unknown = JSON.parse(line);
  if (typeof message !== 'object' || message === null) throw new Error('not an object');
  const { id, ...verbs } = message as Record<string, unknown>;
  if (!Number.isSafeInteger(id)) throw new Error('no id');
  return { id: id as number, ...verbOf(verbs) };
}

function verbOf(verbs: Record<string, unknown>): LockVerb {
  const names = Object.keys(verbs).sort().join(' ');
  const { lease, hold, secure } = verbs;
  if (names === 'lease' && isDuration(lease)) return { lease };
  if (names === 'egress lease' && isDuration(lease) && verbs.egress === true) return { lease, egress: true };
  if (names === 'hold' && isDuration(hold)) return { hold };
  if (names === 'secure' && typeof secure === 'string') return { secure };
  if (names === 'lockdown' && verbs.lockdown === true) return { lockdown: true };
  if (names === 'lift' && verbs.lift === true) return { lift: true };
  if (names === 'beat' && verbs.beat === true) return { beat: true };
  throw new Error('not a request');
}

function isDuration(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

/** No message is longer; more without a line break is not limen talking. */
export const longestLineBytes = 4096;

/**
 * Cuts a stream into lines. Returns a function that takes chunks.
 *
 * @throws Error from that function when a line is longer than {@link longestLineBytes}.
 */
export function lineSplitter(onLine: (line: string) => void): (chunk: Buffer) => void {
  let pending = Buffer.alloc(0);
  return (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    for (let end = pending.indexOf(10); end >= 0; end = pending.indexOf(10)) {
      const line = pending.subarray(0, end).toString('utf8');
      pending = pending.subarray(end + 1);
      onLine(line);
    }
    if (pending.length > longestLineBytes) throw new Error('line too long');
  };
}
