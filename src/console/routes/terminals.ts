import { z } from 'zod';
import { LimenError } from '../../domain/errors.ts';
import { everyTerminal } from '../../sync/command-limits.ts';
import { diagnosisFrom, diagnosisSchema } from '../../sync/diagnosis.ts';
import { commandOutcome, commandReason, terminalName, terminalView } from '../answers/terminals.ts';
import { command, outcomes } from '../commander.ts';
import { provisioningFile, revokeTerminal } from '../provisioning-file.ts';
import { administrators, everybody, operators } from '../roles.ts';
import { type Route, route } from '../route.ts';

const named = z.object({ terminal: terminalName });
const reason = commandReason.optional();
const said = ({ body }: { body: { verb: string; reason?: string | undefined } }) => ({ ...body });

/** The terminals of a site: how they are, what they are told, who belongs to it. */
export const terminalRoutes: readonly Route[] = [
  route({
    ...{ method: 'GET', path: '/api/terminals', may: everybody, says: 'Every terminal as it is now' },
    answer: z.object({ terminals: z.array(terminalView) }),
    handle: async (_call, { fleet }) => ({ terminals: fleet.views() }),
  }),
  route({
    ...{
      method: 'POST',
      path: '/api/terminals',
      may: administrators,
      says: 'Provision a terminal: the file it is set up with',
    },
    body: z.object({
      terminal: terminalName,
      broker: z
        .string()
        .max(300)
        .optional()
        .meta({ description: "Address of the broker as the terminal sees it; left out, the hub's own" }),
      certificate: z.boolean().optional().meta({ description: "Issue a client certificate by the site's authority" }),
      replace: z.boolean().optional().meta({ description: 'New keys for one that was provisioned or revoked before' }),
    }),
    answer: z.object({ name: z.string(), content: z.string(), qr: z.string().nullable() }),
    audit: {
      action: 'terminal.provisioned',
      target: ({ body }) => body.terminal,
      detail: ({ body: { broker, certificate = false, replace = false } }) => ({
        ...(broker && { broker }),
        certificate,
        replace,
      }),
    },
    handle: ({ body }, desk) => provisioningFile(desk, body),
  }),
  route({
    ...{
      method: 'POST',
      path: '/api/terminals/:terminal/diagnosis',
      may: operators,
      says: 'Ask a terminal how it is: pictures, time per stage, machine, and the last warnings of its log',
    },
    params: named,
    answer: z.object({ diagnosis: diagnosisSchema }),
    audit: { action: 'terminal.diagnosed', target: ({ params }) => params.terminal },
    handle: async ({ params, who }, desk) => {
      const order = { audience: params.terminal, verb: 'diagnose', timeoutMs: 4000 };
      const found = (await command(desk, who, order)).answers[0];
      if (found?.outcome === 'done') return { diagnosis: diagnosisFrom(found.data) };
      throw new LimenError('command.unanswered', found?.message ?? `${params.terminal} did not answer.`, {
        hint: 'Is it switched on, and can it reach the broker?',
      });
    },
  }),
  route({
    ...{
      method: 'POST',
      path: '/api/terminals/:terminal/commands',
      may: operators,
      says: 'Tell a terminal to do something',
    },
    params: named,
    body: z.object({ verb: z.enum(['unlock', 'lock', 'lockdown', 'release', 'anti-passback-reset']), reason }),
    answer: commandOutcome,
    audit: {
      action: 'terminal.commanded',
      target: ({ params }) => params.terminal,
      detail: said,
      outcome: ({ outcome }) => ({ outcome }),
    },
    handle: async ({ params, body, who }, desk) => {
      const { answers } = await command(desk, who, { audience: params.terminal, ...body });
      return answers[0]!;
    },
  }),
  route({
    ...{ method: 'POST', path: '/api/site/commands', may: operators, says: 'Tell every terminal to do something' },
    body: z.object({ verb: z.enum(['lockdown', 'release', 'anti-passback-reset']), reason }),
    answer: z.object({ answers: z.array(commandOutcome) }),
    audit: {
      action: 'site.commanded',
      detail: said,
      outcome: outcomes,
    },
    handle: async ({ body, who }, desk) => {
      const { answers } = await command(desk, who, { audience: everyTerminal, ...body });
      return { answers: [...answers] };
    },
  }),
  route({
    ...{
      method: 'POST',
      path: '/api/terminals/:terminal/rotation',
      may: administrators,
      says: 'Have a terminal make itself new keys of its own; they are used once the hub has them',
    },
    params: named,
    answer: commandOutcome,
    audit: {
      action: 'terminal.rotated',
      target: ({ params }) => params.terminal,
      outcome: ({ outcome }) => ({ outcome }),
    },
    handle: async ({ params, who }, desk) => {
      const { answers } = await command(desk, who, { audience: params.terminal, verb: 'rotate' });
      return answers[0]!;
    },
  }),
  route({
    ...{
      method: 'POST',
      path: '/api/terminals/:terminal/revocation',
      may: administrators,
      says: 'A terminal was lost: believe it no more',
    },
    params: named,
    answer: z.object({ finished: z.boolean(), waitingFor: z.array(z.string()) }),
    audit: { action: 'terminal.revoked', target: ({ params }) => params.terminal },
    handle: async ({ params }, desk) => {
      const { finished, waitingFor } = await revokeTerminal(desk, params.terminal);
      return { finished, waitingFor: [...waitingFor] };
    },
  }),
];
