import type { AnyComponent } from 'preact';
import type { Role } from '../../console/roles.ts';
import { Accounts } from './pages/accounts.tsx';
import { AttendancePage } from './pages/attendance.tsx';
import { AttendanceEntries } from './pages/attendance-entries.tsx';
import { AttendancePerson } from './pages/attendance-person.tsx';
import { AttendancePlan } from './pages/attendance-plan.tsx';
import { AuditPage } from './pages/audit.tsx';
import { Enrol } from './pages/enrol.tsx';
import { Events } from './pages/events.tsx';
import { Import } from './pages/import.tsx';
import { People } from './pages/people.tsx';
import { Person } from './pages/person.tsx';
import { RulesPage } from './pages/rules.tsx';
import { SettingsPage } from './pages/settings.tsx';
import { Terminal } from './pages/terminal.tsx';
import { Terminals } from './pages/terminals.tsx';
import { Thresholds } from './pages/thresholds.tsx';
import type { IconName } from './parts/icon.tsx';

/** A page of the console. */
export interface PageOf {
  readonly path: string;
  /** Given what the address names. */
  // biome-ignore lint/suspicious/noExplicitAny: each page knows what its own path names.
  readonly component: AnyComponent<any>;
  /** How it stands in the navigation; pages that belong to others do not. */
  readonly entry?: { readonly name: string; readonly icon: IconName };
  /** Who may see it; left out, everybody. */
  readonly may?: readonly Role[];
}

/** Every page, in the order of the navigation. A new one is a line here, and a file in `pages/`. */
export const pages: readonly PageOf[] = [
  { path: '/', component: Terminals, entry: { name: 'Terminals', icon: 'terminals' } },
  { path: '/terminals/:id', component: Terminal },
  { path: '/people', component: People, entry: { name: 'People', icon: 'people' } },
  { path: '/people/enrol', component: Enrol, may: ['administrator', 'operator'] },
  { path: '/people/import', component: Import, may: ['administrator', 'operator'] },
  { path: '/people/:id', component: Person },
  { path: '/people/:id/pictures', component: Enrol, may: ['administrator', 'operator'] },
  { path: '/events', component: Events, entry: { name: 'Events', icon: 'events' } },
  { path: '/rules', component: RulesPage, entry: { name: 'Rules', icon: 'rules' } },
  { path: '/attendance', component: AttendancePage, entry: { name: 'Attendance', icon: 'attendance' } },
  { path: '/attendance/entries', component: AttendanceEntries },
  { path: '/attendance/plan', component: AttendancePlan },
  { path: '/attendance/people/:id', component: AttendancePerson },
  { path: '/thresholds', component: Thresholds, entry: { name: 'Thresholds', icon: 'thresholds' } },
  { path: '/settings', component: SettingsPage, entry: { name: 'Models and settings', icon: 'settings' } },
  {
    path: '/accounts',
    component: Accounts,
    entry: { name: 'Accounts', icon: 'accounts' },
    may: ['administrator', 'auditor'],
  },
  {
    path: '/audit',
    component: AuditPage,
    entry: { name: 'Changes', icon: 'audit' },
    may: ['administrator', 'auditor'],
  },
];
