import { randomBytes } from 'node:crypto';

/** How long a challenge may be on its way to the hub and back. */
export const usualChallengeLifetimeMs = 10_000;
/** How many may be out at once; the oldest gives way. */
const most = 16;

/** Random texts that prove, by coming back signed, that a command was issued just now, whatever any clock says. */
export interface Challenges {
  handOut(): string;
  /** How long ago it was handed out by this process, ms; `null` for any other, and for one that comes a second time. */
  redeem(challenge: string | null): number | null;
}

/** No challenge outlives the process, or `lifetimeMs`; time is the monotonic clock's. */
export function challenges(
  clock: { monotonicMs(): number },
  lifetimeMs: number = usualChallengeLifetimeMs,
): Challenges {
  const handedOutMs = new Map<string, number>();
  return {
    handOut: () => {
      const challenge = randomBytes(16).toString('base64url');
      const [oldest] = handedOutMs.keys();
      if (handedOutMs.size >= most && oldest !== undefined) handedOutMs.delete(oldest);
      handedOutMs.set(challenge, clock.monotonicMs());
      return challenge;
    },
    redeem: (challenge) => {
      const sinceMs = challenge === null ? undefined : handedOutMs.get(challenge);
      if (challenge === null || sinceMs === undefined) return null;
      handedOutMs.delete(challenge);
      const ageMs = clock.monotonicMs() - sinceMs;
      return ageMs < lifetimeMs ? ageMs : null;
    },
  };
}
