import { z } from 'zod';
import { everyTerminal } from '../../sync/command-limits.ts';
import { personId } from '../answers/people.ts';
import { reason } from '../answers/reason.ts';
import { commandOutcome } from '../answers/terminals.ts';
import { command, outcomes } from '../commander.ts';
import { unknownPerson } from '../explain.ts';
import { operators } from '../roles.ts';
import { type Route, route } from '../route.ts';

/** Forgetting where one person is: they were refused for being inside already, and are not. */
export const passbackRoutes: readonly Route[] = [
  route({
    ...{
      method: 'POST',
      path: '/api/people/:person/anti-passback-reset',
      may: operators,
      says: 'Every terminal forgets where somebody is: anti-passback lets them pass again',
    },
    params: z.object({ person: personId }),
    body: z.object({ reason }),
    answer: z.object({ answers: z.array(commandOutcome) }),
    audit: {
      action: 'person.anti-passback-reset',
      target: ({ params }) => params.person,
      detail: ({ body }) => ({ ...body }),
      outcome: outcomes,
    },
    handle: async ({ params, body, who }, desk) => {
      if ((await desk.store.person(params.person)) === null) throw unknownPerson(params.person);
      const args = { personId: params.person };
      const order = { audience: everyTerminal, verb: 'anti-passback-reset', args, reason: body.reason };
      return { answers: [...(await command(desk, who, order)).answers] };
    },
  }),
];
