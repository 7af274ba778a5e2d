import { z } from 'zod';
import { rulesSchema } from '../../config/access-schema.ts';

/** Something wrong with a text, and where. */
export const textProblem = z.object({ line: z.number(), column: z.number(), key: z.string(), says: z.string() });

/** See {@link textProblem}. */
export type TextProblem = z.infer<typeof textProblem>;

/** The access rules in force, and what there is to choose from. */
export const rulesTold = z.object({
  /** 0 where the hub never said anything. */
  version: z.number(),
  setAt: z.string().nullable(),
  rules: rulesSchema,
  /** The same as YAML. */
  text: z.string(),
  terminals: z.array(z.string()),
  groups: z.array(z.string()),
});

/** See {@link rulesTold}. */
export type RulesTold = z.infer<typeof rulesTold>;

/** What became of a check; without problems, the rules, and their text as limen writes it: without comments. */
export const rulesChecked = z.object({
  problems: z.array(textProblem),
  rules: rulesSchema.nullable(),
  text: z.string(),
});

/** See {@link rulesChecked}. */
export type RulesChecked = z.infer<typeof rulesChecked>;

/** Why somebody would or would not pass, rule by rule. */
export const explanation = z.object({
  person: z.object({ id: z.string(), name: z.string(), groups: z.array(z.string()) }),
  terminal: z.string(),
  at: z.object({ instant: z.string(), local: z.string(), timeZone: z.string() }),
  outcome: z.enum(['pass', 'ask', 'refuse']),
  verdict: z.object({ head: z.string(), says: z.string() }),
  findings: z.array(
    z.object({
      rule: z.string(),
      by: z.string().nullable(),
      outcome: z.enum(['passes', 'refuses', 'asks', 'depends']),
      says: z.string(),
    }),
  ),
  /** What the answer rests on. */
  remarks: z.array(z.string()),
});

/** See {@link explanation}. */
export type Explained = z.infer<typeof explanation>;
