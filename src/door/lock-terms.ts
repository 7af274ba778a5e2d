import { LimenError } from '../domain/errors.ts';
import type { LockOptions } from './line-lock.ts';
import type { LockLimits } from './lock-rules.ts';

/**
 * What a lock process drives and what it is held to: JSON values only. The daemon works these out from its own
 * configuration, the lock process says them in its greeting, and unless they are the same nothing is asked of it.
 */
export interface LockTerms extends LockLimits {
  readonly lock: Omit<LockOptions, 'restFile'>;
}

/** The terms within something that has more. */
export function termsOf({ lock, longestPulseMs, longestHoldMs, silenceMs }: LockTerms): LockTerms {
  const { driver, driverOptions, line, wiring } = lock;
  return { lock: { driver, driverOptions, line, wiring }, longestPulseMs, longestHoldMs, silenceMs };
}

/**
 * A lock process that runs on other terms than the daemon's; `null` when they are the same.
 * Two readings of one file at two times are what this finds: the door would open for longer, or at another line.
 */
export function termsDiffer(wanted: LockTerms, found: unknown): LimenError | null {
  const here = leavesOf(wanted);
  const there = leavesOf(found);
  const names = [...new Set([...here.keys(), ...there.keys()])].filter((name) => here.get(name) !== there.get(name));
  if (names.length === 0) return null;
  const says = names.map((name) => `${name} is ${there.get(name) ?? 'missing'}, not ${here.get(name) ?? 'missing'}`);
  return new LimenError('door.lock-settings-differ', `The lock process runs with other settings: ${says.join('; ')}.`, {
    hint: 'Restart limen-lock, which reads limen.yaml anew, and limen after it: "systemctl restart limen-lock limen".',
  });
}

/** Every value with its place: `line.chipLabel`. */
function leavesOf(value: unknown, place = ''): Map<string, string> {
  if (typeof value !== 'object' || value === null) return new Map(place === '' ? [] : [[place, JSON.stringify(value)]]);
  const inner = (name: string) => (place === '' || place === 'lock' ? name : `${place}.${name}`);
  return new Map(Object.entries(value).flatMap(([name, part]) => [...leavesOf(part, inner(name))]));
}
