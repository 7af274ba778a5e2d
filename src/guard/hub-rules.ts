import { z } from 'zod';
import type { Rules } from '../access/rules/rules.ts';
import { rulesSchema } from '../config/access-schema.ts';
import { problemInWords, rulesProblems } from '../config/rules-problems.ts';
import { LimenError } from '../domain/errors.ts';
import type { HubRules } from '../sync/rules-replica.ts';

/**
 * The rules in what a hub sent or set. Whole or not at all: a rule of a newer limen that this one does not know may be the
 * one that keeps somebody out.
 *
 * @throws LimenError `access.rules-invalid` naming the first thing that is wrong.
 */
export function readRules(value: unknown): Rules {
  const parsed = rulesSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw invalid(`${issue?.path.join('.')}: ${issue?.message}`);
  }
  const [problem] = rulesProblems(parsed.data);
  if (problem !== undefined) throw invalid(problemInWords(problem));
  return parsed.data;
}

/** What lies on the disk of a terminal. @throws LimenError `access.rules-invalid`. */
export function storedRules(value: unknown): HubRules {
  const stored = storedSchema.safeParse(value);
  if (!stored.success) throw invalid('it is not what limen stores');
  readRules(stored.data.rules);
  return stored.data;
}

const storedSchema = z.object({
  lineage: z.string(),
  version: z.number().int().min(1),
  rules: z.record(z.string(), z.json()),
});

function invalid(what: string): LimenError {
  return new LimenError('access.rules-invalid', `These are no rules that this limen can apply: ${what}.`, {
    hint: 'Hub and terminal may run different versions of limen: compare `limen --version` on both.',
  });
}
