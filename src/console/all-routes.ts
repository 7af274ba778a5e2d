import { commonRoutes } from './common-routes.ts';
import type { Route } from './route.ts';
import { attendanceRoutes } from './routes/attendance.ts';
import { attendanceEntryRoutes } from './routes/attendance-entries.ts';
import { attendancePlanRoutes } from './routes/attendance-plan.ts';
import { keyRoutes } from './routes/keys.ts';
import { passbackRoutes } from './routes/passback.ts';
import { peopleRoutes } from './routes/people.ts';
import { personFileRoutes } from './routes/person-file.ts';
import { pictureRoutes } from './routes/pictures.ts';
import { riskRoutes } from './routes/risk.ts';
import { rulesRoutes } from './routes/rules.ts';
import { settingsChangeRoutes } from './routes/settings-change.ts';
import { terminalRoutes } from './routes/terminals.ts';

/** Every route of a hub's console: what it is for, who may use it, what it takes and gives. */
export const allRoutes: readonly Route[] = [
  ...commonRoutes,
  ...terminalRoutes,
  ...peopleRoutes,
  ...personFileRoutes,
  ...passbackRoutes,
  ...pictureRoutes,
  ...rulesRoutes,
  ...riskRoutes,
  ...attendanceRoutes,
  ...attendanceEntryRoutes,
  ...attendancePlanRoutes,
  ...settingsChangeRoutes,
  ...keyRoutes,
];
