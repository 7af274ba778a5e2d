import { stringify } from 'yaml';
import { z } from 'zod';
import { type RulesConfig, rulesSchema } from '../../config/access-schema.ts';
import { checkText } from '../../config/check-text.ts';
import { rulesProblems } from '../../config/rules-problems.ts';
import { offsetOf } from '../../config/source-text.ts';
import { LimenError } from '../../domain/errors.ts';
import { readRules } from '../../guard/hub-rules.ts';
import { personId } from '../answers/people.ts';
import { explanation, rulesChecked, rulesTold } from '../answers/rules.ts';
import { terminalName } from '../answers/terminals.ts';
import { explain } from '../explain.ts';
import { administrators, everybody } from '../roles.ts';
import { type Route, route } from '../route.ts';

const rulesText = z.string().max(100_000).meta({ description: 'YAML: the keys of the section `access`' });
const factors = z
  .string()
  .regex(/^(face|card|pin)(,(face|card|pin))*$/)
  .default('face')
  .meta({ description: 'What has proven who it is, with commas: face,card' });

/** Who may pass which terminals, and when. */
export const rulesRoutes: readonly Route[] = [
  route({
    ...{ method: 'GET', path: '/api/rules', may: everybody, says: 'The access rules in force' },
    answer: rulesTold,
    handle: async (_call, { hub, fleet, people }) => {
      const [latest, groups] = await Promise.all([hub.rules(), people.groups()]);
      const rules = latest === null ? {} : readRules(latest.rules);
      const { version = 0, setAt = null } = latest ?? {};
      const inService = fleet.views().filter(({ revokedAt }) => revokedAt === null);
      return {
        ...{ version, setAt, rules: rules as RulesConfig, text: textOf(rules) },
        terminals: inService.map(({ id }) => id),
        groups,
      };
    },
  }),
  route({
    ...{ method: 'POST', path: '/api/rules/check', may: everybody, says: 'Check rules' },
    body: z.object({ text: rulesText }),
    answer: rulesChecked,
    audit: null,
    handle: async ({ body: { text } }) => {
      const { problems, value } = checked(text);
      return { problems: [...problems], rules: value, text: value === null ? text : textOf(value) };
    },
  }),
  route({
    ...{ method: 'PUT', path: '/api/rules', may: administrators, says: 'Publish rules in place of those before' },
    body: z.object({
      text: rulesText,
      basedOn: z.number().int().min(0).meta({ description: 'The version that was changed' }),
    }),
    answer: z.object({ version: z.number(), published: z.boolean() }),
    audit: { action: 'rules.set', outcome: ({ version }) => ({ version }) },
    handle: async ({ body: { text, basedOn } }, { hub }) => {
      const { problems, value } = checked(text);
      if (value === null) throw invalid(problems[0]);
      const { version = 0 } = (await hub.rules()) ?? {};
      if (version !== basedOn) throw changedMeanwhile(version);
      return hub.setRules(value);
    },
  }),
  route({
    ...{ method: 'GET', path: '/api/rules/explanation', may: everybody, says: 'Why somebody would or would not pass' },
    query: z.object({
      ...{ person: personId, terminal: terminalName, factors },
      at: z.string().max(40).optional().meta({ description: "2026-03-01T07:30 on the site's clock, or with a zone" }),
    }),
    answer: explanation,
    handle: ({ query: { person, terminal, at, factors } }, desk) =>
      explain(desk, { person, terminal, at, factors: factors.split(',') as ('face' | 'card' | 'pin')[] }),
  }),
];

function checked(text: string) {
  return checkText(text, rulesSchema, (rules, source) =>
    rulesProblems(rules).map(({ path, says }) => ({ offset: offsetOf(path, source), path, says })),
  );
}

function textOf(rules: object): string {
  return Object.keys(rules).length === 0 ? '' : stringify(rules);
}

function invalid(problem: { readonly line: number; readonly key: string; readonly says: string } | undefined) {
  const says = problem === undefined ? 'they are empty' : `line ${problem.line}: ${problem.key} ${problem.says}`;
  return new LimenError('access.rules-invalid', `These rules cannot be published: ${says}.`, {
    hint: 'docs/access.md has every rule with an example. Nothing was published.',
  });
}

function changedMeanwhile(version: number): LimenError {
  return new LimenError('access.rules-changed', `Somebody has published version ${version} meanwhile.`, {
    hint: 'Keep your text, load the page again, and make the change in what is in force now.',
  });
}
