import { lockServiceOf } from './compose.ts';
import { loadTerminalConfig } from './config/load.ts';
import { LimenError } from './domain/errors.ts';
import { lockServiceSettings } from './door/lock-service.ts';
import type { LockProcessSettings } from './door/lock-settings.ts';

/**
 * What the lock service of a terminal runs on.
 *
 * @throws LimenError as `loadTerminalConfig`, and `config.invalid` when this terminal's lock is no service: two lock
 *   processes on one line would argue.
 */
export function lockSettingsOf(configFile: string): LockProcessSettings {
  const { door, dataFolder } = loadTerminalConfig(configFile);
  if (door === undefined) {
    throw new LimenError('config.invalid', `${configFile} has no door, so there is no lock to hold.`, {
      hint: 'Add the section "door"; see docs/configuration.md.',
    });
  }
  if (door.lockProcess !== 'service') {
    throw new LimenError('config.invalid', `${configFile} says that limen runs the lock process itself.`, {
      hint: 'Set door.lockProcess to "service", or run "systemctl disable --now limen-lock".',
    });
  }
  return lockServiceSettings(lockServiceOf(door, dataFolder));
}
