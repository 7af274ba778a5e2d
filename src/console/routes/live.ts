import type { CommonDesk } from '../common-desk.ts';
import { everybody } from '../roles.ts';
import { commonRoute, type Route } from '../route.ts';

/** What browsers are told without asking. */
export const liveRoutes: readonly Route<CommonDesk>[] = [
  commonRoute({
    ...{
      method: 'GET',
      path: '/api/live',
      may: everybody,
      says: 'Terminals and events as they change (text/event-stream)',
    },
    answer: null,
    handle: async ({ reply }, { live }) => {
      live.join(reply);
    },
  }),
];
