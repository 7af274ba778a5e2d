import type { Route } from './route.ts';
import { accountRoutes } from './routes/accounts.ts';
import { attendanceRoutes } from './routes/attendance.ts';
import { attendanceEntryRoutes } from './routes/attendance-entries.ts';
import { attendancePlanRoutes } from './routes/attendance-plan.ts';
import { eventRoutes } from './routes/events.ts';
import { keyRoutes } from './routes/keys.ts';
import { liveRoutes } from './routes/live.ts';
import { passbackRoutes } from './routes/passback.ts';
import { peopleRoutes } from './routes/people.ts';
import { personFileRoutes } from './routes/person-file.ts';
import { pictureRoutes } from './routes/pictures.ts';
import { riskRoutes } from './routes/risk.ts';
import { rulesRoutes } from './routes/rules.ts';
import { sessionRoutes } from './routes/session.ts';
import { settingsRoutes } from './routes/settings.ts';
import { terminalRoutes } from './routes/terminals.ts';

/** Every route of the console: what it is for, who may use it, what it takes and gives. */
export const allRoutes: readonly Route[] = [
  ...sessionRoutes,
  ...accountRoutes,
  ...liveRoutes,
  ...terminalRoutes,
  ...peopleRoutes,
  ...personFileRoutes,
  ...passbackRoutes,
  ...pictureRoutes,
  ...eventRoutes,
  ...rulesRoutes,
  ...riskRoutes,
  ...attendanceRoutes,
  ...attendanceEntryRoutes,
  ...attendancePlanRoutes,
  ...settingsRoutes,
  ...keyRoutes,
];
