import { isDeepStrictEqual } from 'node:util';
import type { Rules } from './rules.ts';

/** A rule that the configuration and the hub both name, with different content. */
export interface Conflict {
  /** `schedules.office`, for example. */
  readonly rule: string;
  readonly configuration: unknown;
  readonly hub: unknown;
}

/** Sections that are a single value, not rules with names. */
const singles = ['timeZone', 'lockOut', 'withoutFace', 'withoutFaceFor', 'answerWithinMs'] as const;
const sections = [
  'schedules',
  'holidays',
  'permissions',
  'secondFactors',
  'antiPassback',
  'twoPerson',
  'interlocks',
  'freeAccess',
] as const;

/** Both together, and where they contradict each other. There, `rules` has what the configuration says. */
export interface Merged {
  readonly rules: Rules;
  readonly conflicts: readonly Conflict[];
}

/** The rules of the configuration and of the hub as one set. A rule may stand in both only if it is the same rule. */
export function mergeRules(configuration: Rules, hub: Rules): Merged {
  const conflicts: Conflict[] = [];
  const compare = (rule: string, ours: unknown, theirs: unknown) => {
    if (ours === undefined || theirs === undefined || isDeepStrictEqual(plain(ours), plain(theirs))) return;
    conflicts.push({ rule, configuration: ours, hub: theirs });
  };
  const rules: Record<string, unknown> = {};
  for (const name of singles) {
    compare(name, configuration[name], hub[name]);
    const value = configuration[name] ?? hub[name];
    if (value !== undefined) rules[name] = value;
  }
  for (const section of sections) {
    const [ours = {}, theirs = {}] = [configuration[section], hub[section]];
    for (const name of Object.keys(ours)) {
      compare(
        `${section}.${name}`,
        Object.hasOwn(ours, name) ? ours[name] : undefined,
        Object.hasOwn(theirs, name) ? theirs[name] : undefined,
      );
    }
    const both = { ...theirs, ...ours };
    if (Object.keys(both).length > 0) rules[section] = both;
  }
  return { rules: rules as Rules, conflicts };
}

/** What is left out and what is `undefined` are the same. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
