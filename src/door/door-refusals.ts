import { type ErrorCode, LimenError } from '../domain/errors.ts';

/** The door is in lockdown. `key`: by its key, which no command lifts. */
export function lockedDown({ key = false }: { readonly key?: boolean } = {}): LimenError {
  const message = key ? 'The lockdown key of the door is turned.' : 'The door is in lockdown and opens for nobody.';
  return new LimenError('door.lockdown', message, {
    hint: 'Lift it: with the key switch, or with a command from the hub.',
  });
}

/** Nobody is locked in: the door stays open as long as a fire is felt. */
export function openForFire(): LimenError {
  return new LimenError('door.fire', 'A fire alarm keeps the door open; it is not locked.', {
    hint: 'It locks by itself when the fire alarm system says that it is over.',
  });
}

/** Nothing can be asked of the lock now. */
export function lockAway(message = 'The lock process is not running; the door stays at rest.'): LimenError {
  return new LimenError('door.lock-process-failed', message, {
    hint: 'limen is reaching for it again. If this lasts, look for door.fault in "limen journal".',
  });
}

/** What a caller is told whom the door itself has refused. */
export function refusalFor(code: ErrorCode): LimenError {
  if (code === 'door.lockdown') return lockedDown();
  if (code !== 'door.hold-refused') return lockAway();
  return new LimenError('door.hold-refused', 'This door has no free access.', {
    hint: 'Set door.longestHoldMs to the longest time it may stand unlocked.',
  });
}
