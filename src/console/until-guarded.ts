import type { Timers } from '../domain/timers.ts';
import { pause } from '../runtime/timers.ts';

/** An account of the command line, or of another process of the hub, is noticed this soon. */
const lookEveryMs = 10_000;

/** Resolves once somebody could sign in, however their account was made. @throws the reason of `signal` when that aborts. */
export async function untilGuarded(
  hasAccounts: () => Promise<boolean>,
  { timers, signal }: { readonly timers: Timers; readonly signal: AbortSignal },
): Promise<void> {
  do await pause(timers, lookEveryMs, signal);
  while (
    // Books that cannot be read just now are looked at again.
    !(await hasAccounts().catch(() => false))
  );
  signal.throwIfAborted();
}
