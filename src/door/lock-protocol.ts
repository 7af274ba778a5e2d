/**
 * What the daemon and the lock process say to each other: one JSON object per line over a Unix socket.
 * Checked by hand: the lock process stays small and loads no schema library.
 */

import type { LockOptions } from './line-lock.ts';

/** From the daemon. Every request is answered, in order, with its `id`. */
export type LockRequest =
  /** Let the door be opened for at most `lease` milliseconds from now. */
  | { readonly id: number; readonly lease: number }
  /** Rest level now; the text is the cause, and comes back in {@link LockSecured}. */
  | { readonly id: number; readonly secure: string }
  /** "I am alive." Silence during a lease ends it. */
  | { readonly id: number; readonly beat: true };

/** State as read back from the line, not as commanded. */
export type LineState = 'secured' | 'released';

/** A failure, on its way to become a `LimenError` on the other side. */
export interface LockFailure {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
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

/** First line on the lock process's standard output: it listens and the line is at rest, or it could not start. */
export type LockStart = { readonly listening: string; readonly lock: string } | { readonly failure: LockFailure };

/** How the lock process is started: one JSON argument. */
export interface LockProcessSettings {
  readonly socketPath: string;
  readonly lock: LockOptions;
  readonly longestPulseMs: number;
  /** How long the daemon may say nothing while the door is released. */
  readonly silenceMs: number;
  /** End, at rest, when standard input closes: the daemon that started this process is gone. */
  readonly endWithStdin: boolean;
}

/**
 * Read one request.
 *
 * @throws Error when it is anything but exactly one of the three requests.
 */
export function parseRequest(line: string): LockRequest {
  const message: unknown = JSON.parse(line);
  if (typeof message !== 'object' || message === null) throw new Error('not an object');
  const { id, lease, secure, beat, ...rest } = message as Record<string, unknown>;
  if (!Number.isSafeInteger(id) || Object.keys(rest).length > 0) throw new Error('not a request');
  const verbs = [lease, secure, beat].filter((verb) => verb !== undefined).length;
  if (verbs !== 1) throw new Error('not one verb');
  if (Number.isSafeInteger(lease) && (lease as number) > 0) return { id: id as number, lease: lease as number };
  if (typeof secure === 'string') return { id: id as number, secure };
  if (beat === true) return { id: id as number, beat };
  throw new Error('not a request');
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
