import { loadRecognition } from './compose.ts';
import type { TerminalConfig } from './config/schema.ts';
import { LimenError } from './domain/errors.ts';
import type { Logger } from './runtime/logger.ts';
import type { JsonValue } from './sync/command-judge.ts';
import type { Terminal } from './terminal.ts';

/** What a configuration is read again with. */
export interface ReloadOptions {
  /** The configuration in force, which a reload replaces. */
  readonly current: { config: TerminalConfig };
  /** Read the file again. @throws LimenError for one that cannot be used. */
  readonly reread: () => TerminalConfig;
  readonly terminal: Pick<Terminal, 'demand'>;
  readonly log: Logger;
  /** What a verdict rests on besides the configuration. */
  readonly surroundingsSuffice: boolean;
  /** Leave, to be started again with the new file; `null` where nobody would start it again. */
  readonly restart: (() => void) | null;
}

/** Keys that a running terminal takes over. Everything else is built into what it opened at its start. */
const live: ReadonlySet<string> = new Set([
  ...['log.level', 'journal.retentionDays'],
  ...['targetFpir', 'minMargin', 'agreeing', 'decideWithinMs', 'liveness', 'challenge', 'challengeWithinMs'].map(
    (key) => `recognition.${key}`,
  ),
]);

/** What makes a terminal this one: its keys, its journal and its name on the broker hang on them. */
const identity = ['site', 'terminal', 'dataFolder'] as const;

/**
 * Put a changed configuration into force: at once where that can be, otherwise by a restart, wholly the one or the other.
 *
 * @returns which keys changed, and how they came into force: `applied`, or `restart`, which is `pending` where somebody
 *   has to do it by hand.
 * @throws LimenError `config.*`, `pack.*` and the like; the configuration before stays in force.
 */
export async function reloadConfig(options: ReloadOptions): Promise<Readonly<Record<string, JsonValue>>> {
  const { current, terminal, log, restart } = options;
  const next = options.reread();
  const other = identity.find((key) => next[key] !== current.config[key]);
  if (other !== undefined) {
    const says = `"${other}" is ${JSON.stringify(next[other])}, and this terminal's is ${JSON.stringify(current.config[other])}`;
    throw new LimenError('config.invalid', `The configuration is another terminal's: ${says}.`, {
      hint: 'A terminal of another name or place is set up anew: limen provision.',
    });
  }
  const changed = changedKeys(current.config, next);
  const frozen = changed.filter((key) => !live.has(key));
  if (frozen.length > 0) {
    // A pack that does not load would end in a terminal that does not start.
    await loadRecognition(next.recognition);
    log.warn({ changed }, `the configuration has changed; ${frozen.join(', ')} needs a restart`);
    restart?.();
    return { changed, inForce: restart === null ? 'pending: needs a restart, by hand' : 'needs a restart: restarting' };
  }
  const { recognition } = next;
  terminal.demand({ ...recognition, surroundingsSuffice: options.surroundingsSuffice });
  log.level = next.log.level;
  current.config = next;
  log.info({ changed }, changed.length === 0 ? 'the configuration is as it was' : 'the configuration was read again');
  return { changed, inForce: 'at once' };
}

/** Dotted names of the keys whose values differ, sorted; a list counts as one value. */
export function changedKeys(before: unknown, after: unknown, path = ''): string[] {
  if (!isSection(before) || !isSection(after)) return JSON.stringify(before) === JSON.stringify(after) ? [] : [path];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name) => changedKeys(before[name], after[name], path === '' ? name : `${path}.${name}`));
}

function isSection(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
