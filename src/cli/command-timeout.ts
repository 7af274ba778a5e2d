import { LimenError } from '../domain/errors.ts';
import { longestLifetimeMs } from '../sync/command-limits.ts';

/** `--timeout` of a command to a terminal, in milliseconds. @throws LimenError `usage.invalid`. */
export function commandTimeoutMs(text: string): number {
  const [, count, unit] = /^(\d+)(s|m)$/.exec(text) ?? [];
  const ms = Number(count) * (unit === 'm' ? 60_000 : 1000);
  if (ms > 0 && ms <= longestLifetimeMs) return ms;
  throw new LimenError('usage.invalid', `--timeout ${text} is not a time.`, {
    hint: `Use seconds or minutes, for example 10s or 1m; at most ${longestLifetimeMs / 60_000}m.`,
  });
}
