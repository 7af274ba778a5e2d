import { randomBytes } from 'node:crypto';

/** How long a challenge may be on its way to the hub and back. */
export const challengeLifetimeMs = 10_000;
/** How many may be out at once; the oldest gives way. */
const most = 16;

/** Random texts that prove, by coming back signed, that a command was issued just now, whatever any clock says. */
export interface Challenges {
  handOut(): string;
  /** Whether it was handed out by this process and is not too old. A second time the answer is no. */
  redeem(challenge: string | null): boolean;
}

/** No challenge outlives the process; time is the monotonic clock's. */
export function challenges(clock: { monotonicMs(): number }): Challenges {
  const deadlines = new Map<string, number>();
  return {
    handOut: () => {
      const challenge = randomBytes(16).toString('base64url');
      for (const oldest of [...deadlines.keys()].slice(0, Math.max(0, deadlines.size + 1 - most))) {
        deadlines.delete(oldest);
      }
      deadlines.set(challenge, clock.monotonicMs() + challengeLifetimeMs);
      return challenge;
    },
    redeem: (challenge) => {
      const deadlineMs = challenge === null ? undefined : deadlines.get(challenge);
      if (challenge === null || deadlineMs === undefined) return false;
      deadlines.delete(challenge);
      return clock.monotonicMs() < deadlineMs;
    },
  };
}
