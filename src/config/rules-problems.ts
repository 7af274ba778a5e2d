import type { RulesConfig } from './access-schema.ts';

/** What is wrong with a set of rules: the rule, and a sentence. */
export interface RulesProblem {
  readonly path: readonly string[];
  readonly says: string;
}

/**
 * What is right by itself and wrong together. A set of rules has to make sense alone: a schedule that is missing would
 * silently open what depends on it, or close it.
 */
export function rulesProblems(rules: RulesConfig): RulesProblem[] {
  return [...missingSchedules(rules), ...bothSides(rules), ...shortestWait(rules)];
}

/** The first problem, in words, for a message that has to say it in one sentence. */
export function problemInWords({ path, says }: RulesProblem): string {
  return `${path.join('.')}: ${says}`;
}

function missingSchedules(rules: RulesConfig): RulesProblem[] {
  const missing = (path: readonly string[], schedule: string | undefined) =>
    schedule === undefined || Object.hasOwn(rules.schedules ?? {}, schedule)
      ? []
      : [{ path, says: `there is no schedule ${schedule} in access.schedules` }];
  const scopes = (['permissions', 'secondFactors', 'twoPerson', 'freeAccess'] as const).flatMap((section) =>
    Object.entries(rules[section] ?? {}).flatMap(([name, rule]) => missing([section, name, 'schedule'], rule.schedule)),
  );
  const changed = Object.entries(rules.holidays ?? {}).flatMap(([name, { schedules = [] }]) =>
    schedules.flatMap((schedule) => missing(['holidays', name, 'schedules'], schedule)),
  );
  return [...scopes, ...changed];
}

function bothSides({ antiPassback = {} }: RulesConfig): RulesProblem[] {
  return Object.entries(antiPassback).flatMap(([name, area]) =>
    area.in
      .filter((terminal) => area.out.includes(terminal))
      .map((terminal) => ({ path: ['antiPassback', name], says: `${terminal} cannot lead both in and out` })),
  );
}

function shortestWait({ lockOut }: RulesConfig): RulesProblem[] {
  if (lockOut === undefined || lockOut.firstMs <= lockOut.mostMs) return [];
  return [
    { path: ['lockOut', 'firstMs'], says: `${lockOut.firstMs} is longer than lockOut.mostMs (${lockOut.mostMs})` },
  ];
}
