import { z } from 'zod';
import { commandOutcome, commandReason, terminalName, terminalView } from '../console/answers/terminals.ts';
import { commonRoutes } from '../console/common-routes.ts';
import { administrators, everybody, operators } from '../console/roles.ts';
import { type Call, type Route, routeOver } from '../console/route.ts';
import { LimenError } from '../domain/errors.ts';
import { diagnosisSchema } from '../sync/diagnosis.ts';
import type { DoorDesk } from './desk.ts';
import { obey, verbs } from './obey.ts';

const route = routeOver<DoorDesk>();
const named = z.object({ terminal: terminalName });

/** This terminal: how it is, and what its door is told. */
const terminalRoutes: readonly Route<DoorDesk>[] = [
  route({
    ...{ method: 'GET', path: '/api/terminals', may: everybody, says: 'This terminal as it is now' },
    answer: z.object({ terminals: z.array(terminalView) }),
    handle: async (_call, { view }) => ({ terminals: [await view.look()] }),
  }),
  route({
    ...{ method: 'POST', path: '/api/terminals/:terminal/diagnosis', may: operators },
    says: 'How it is: pictures, time per stage, machine, and the last warnings of its log',
    params: named,
    answer: z.object({ diagnosis: diagnosisSchema }),
    audit: { action: 'terminal.diagnosed', target: ({ params }) => params.terminal },
    handle: async ({ params }, desk) => {
      assertOwn(params.terminal, desk);
      return { diagnosis: await desk.own.health() };
    },
  }),
  route({
    ...{ method: 'POST', path: '/api/terminals/:terminal/commands', may: operators },
    says: 'Tell the door to do something; to release it from lockdown is for an administrator',
    params: named,
    body: z.object({ verb: z.enum(verbs), reason: commandReason.optional() }),
    answer: commandOutcome,
    // Written down before anything moves.
    audit: null,
    handle: async ({ params, body, who }, desk) => {
      assertOwn(params.terminal, desk);
      if (body.verb === 'release') assertAdministrator(who);
      return obey(body, { terminal: desk.own, audit: desk.audit, who });
    },
  }),
];

/** Every route of a terminal's own console. */
export const doorRoutes: readonly Route<DoorDesk>[] = [...commonRoutes, ...terminalRoutes];

function assertOwn(name: string, { terminal }: DoorDesk): void {
  if (name === terminal) return;
  throw new LimenError('terminal.unknown', `This is ${terminal}, which knows nothing of ${name}.`, {
    hint: "Other terminals are in the hub's console.",
  });
}

/** Who ordered a lockdown, the hub or somebody at the door, had a reason that an operator may not know. */
function assertAdministrator({ role }: Call['who']): void {
  if (administrators.includes(role)) return;
  throw new LimenError('session.forbidden', `Ending a lockdown is not for the role ${role}.`, {
    hint: `It needs ${administrators.join(' or ')}; an administrator can change a role.`,
  });
}
