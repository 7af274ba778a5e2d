import { z } from 'zod';
import { LimenError } from '../../domain/errors.ts';
import { peoplePage, personId, personListed } from '../answers/people.ts';
import type { CommonDesk } from '../common-desk.ts';
import { everybody } from '../roles.ts';
import { commonRoute, type Route } from '../route.ts';

/** Who is enrolled. */
export const peopleListRoutes: readonly Route<CommonDesk>[] = [
  commonRoute({
    ...{ method: 'GET', path: '/api/people', may: everybody, says: 'Who is enrolled' },
    query: z.object({
      text: z.string().max(200).optional().meta({ description: 'In the id or the name' }),
      group: z.string().trim().min(1).max(64).optional(),
      suspended: z.enum(['yes', 'no']).optional(),
      from: z.coerce.number().int().min(0).max(10_000_000).default(0),
      limit: z.coerce.number().int().min(1).max(500).default(100),
    }),
    answer: peoplePage,
    handle: async ({ query: { from, limit, suspended, ...filter } }, { people }) => {
      const wanted = { ...filter, ...(suspended && { suspended: suspended === 'yes' }) };
      const [found, groups] = [await people.find(wanted), await people.groups()];
      return { people: found.slice(from, from + limit), total: found.length, groups };
    },
  }),
  commonRoute({
    ...{ method: 'GET', path: '/api/people/:person', may: everybody, says: 'One person' },
    params: z.object({ person: personId }),
    answer: personListed,
    handle: async ({ params }, { people }) => {
      const [found] = await people.find({ id: params.person });
      if (found !== undefined) return found;
      throw new LimenError('person.unknown', `Nobody with the id ${params.person} is enrolled.`, {
        hint: 'Look for them by name; somebody who was erased is not listed.',
      });
    },
  }),
];
