import { LimenError } from '../domain/errors.ts';

/** `10s` or `2m` in milliseconds. @throws LimenError `usage.invalid` naming the flag. */
export function secondsOf(flag: string, text: string): number {
  const [, count, unit] = /^(\d{1,5})(s|m)$/.exec(text) ?? [];
  if (count !== undefined) return Number(count) * (unit === 'm' ? 60_000 : 1000);
  throw new LimenError('usage.invalid', `${flag} ${text} is not a time.`, {
    hint: 'Use seconds or minutes, for example 10s or 1m.',
  });
}
