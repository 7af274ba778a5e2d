import { readFileSync } from 'node:fs';
import { LimenError, messageOf } from '../domain/errors.ts';
import type { LockTerms } from './lock-terms.ts';

/** What a lock process is started with: one JSON file. */
export interface LockProcessSettings extends LockTerms {
  readonly socketPath: string;
  /** Where it writes down how the line is brought to rest without Node; see `systemd/limen-rest`. */
  readonly restFile: string;
  /**
   * `child`: of the daemon, whose end is the end of standard input; the socket is for its user alone.
   * `service`: on its own under systemd; the socket is for the group as well.
   */
  readonly runsAs: 'child' | 'service';
}

/**
 * Read the settings. Checked by hand: the lock process stays small and loads no schema library; what is in a
 * configuration was checked when this file was made of it.
 *
 * @throws LimenError `door.lock-settings-invalid` when it is not there, or is anything but exactly that.
 */
export function readLockSettings(path: string | undefined): LockProcessSettings {
  if (path === undefined) throw invalid('The lock process was told no settings file');
  const settings = parsed(path);
  const missing = Object.entries(parts).filter(([name, isRight]) => !isRight(settings[name]));
  const surplus = Object.keys(settings).filter((name) => !(name in parts));
  const says = [
    ...missing.map(([name]) => `"${name}" is missing or wrong`),
    ...surplus.map((name) => `"${name}" is new`),
  ];
  if (says.length > 0) throw invalid(`The settings ${path} are not those of this lock process: ${says.join(', ')}`);
  return settings as unknown as LockProcessSettings;
}

function parsed(path: string): Record<string, unknown> {
  try {
    const settings: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isObject(settings) ? settings : {};
  } catch (cause) {
    throw invalid(`The lock process cannot read its settings ${path}: ${messageOf(cause)}`, cause);
  }
}

function invalid(says: string, cause?: unknown): LimenError {
  return new LimenError('door.lock-settings-invalid', `${says}.`, {
    hint: `"limen lock settings --config FILE --out FILE" writes them, and says what is wrong with the configuration.`,
    cause,
  });
}

type Check = (value: unknown) => boolean;
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText: Check = (value) => typeof value === 'string' && value !== '';
const isOneOf =
  (...words: string[]): Check =>
  (value) =>
    words.includes(value as string);
const isCount =
  (least: number): Check =>
  (value) =>
    Number.isSafeInteger(value) && (value as number) >= least;

const parts: Readonly<Record<string, Check>> = {
  socketPath: isText,
  restFile: isText,
  runsAs: isOneOf('child', 'service'),
  longestPulseMs: isCount(1),
  longestHoldMs: isCount(0),
  silenceMs: isCount(1),
  lock: (lock) =>
    isObject(lock) &&
    isText(lock.driver) &&
    isObject(lock.driverOptions) &&
    isOneOf('fail-secure', 'fail-safe')(lock.wiring) &&
    isObject(lock.line) &&
    isText(lock.line.chipLabel) &&
    isCount(0)(lock.line.line) &&
    typeof lock.line.activeLow === 'boolean',
};
