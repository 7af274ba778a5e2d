import type { CommonDesk } from './common-desk.ts';
import type { Route } from './route.ts';
import { accountRoutes } from './routes/accounts.ts';
import { eventRoutes } from './routes/events.ts';
import { liveRoutes } from './routes/live.ts';
import { peopleListRoutes } from './routes/people-list.ts';
import { sessionRoutes } from './routes/session.ts';
import { settingsRoutes } from './routes/settings.ts';

/** What can be asked of every console, a hub's and a terminal's. */
export const commonRoutes: readonly Route<CommonDesk>[] = [
  ...sessionRoutes,
  ...accountRoutes,
  ...liveRoutes,
  ...peopleListRoutes,
  ...eventRoutes,
  ...settingsRoutes,
];
