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
import { TerminalSettings } from './pages/terminal-settings.tsx';
import { Terminals } from './pages/terminals.tsx';
import { ThisTerminal } from './pages/this-terminal.tsx';
import { Thresholds } from './pages/thresholds.tsx';
import type { IconName } from './parts/icon.tsx';
import { rulesDraft } from './rules-draft.ts';
import type { Place } from './state.ts';

/** A page of the console. */
export interface PageOf {
  readonly path: string;
  /** Given what the address names. */
  // biome-ignore lint/suspicious/noExplicitAny: each page knows what its own path names.
  readonly component: AnyComponent<any>;
  /** How it stands in the navigation; pages that belong to others do not. */
  readonly entry?: {
    readonly name: string;
    readonly icon: IconName;
    /** A word behind the name, where there is something to come back to. */
    readonly mark?: () => string | null;
  };
  /** Who may see it; left out, everybody. */
  readonly may?: readonly Role[];
  /** Whose console has it: one of the two, or both. */
  readonly of: Place | 'both';
}

/** Every page, in the order of the navigation. A new one is a line here, and a file in `pages/`. */
const pages: readonly PageOf[] = [
  { of: 'hub', path: '/', component: Terminals, entry: { name: 'Terminals', icon: 'terminals' } },
  { of: 'hub', path: '/terminals/:id', component: Terminal },
  { of: 'terminal', path: '/', component: ThisTerminal, entry: { name: 'This terminal', icon: 'terminals' } },
  { of: 'both', path: '/people', component: People, entry: { name: 'People', icon: 'people' } },
  { of: 'hub', path: '/people/enrol', component: Enrol, may: ['administrator', 'operator'] },
  { of: 'hub', path: '/people/import', component: Import, may: ['administrator', 'operator'] },
  { of: 'both', path: '/people/:id', component: Person },
  { of: 'hub', path: '/people/:id/pictures', component: Enrol, may: ['administrator', 'operator'] },
  { of: 'both', path: '/events', component: Events, entry: { name: 'Events', icon: 'events' } },
  {
    of: 'hub',
    path: '/rules',
    component: RulesPage,
    entry: { name: 'Rules', icon: 'rules', mark: () => (rulesDraft.value === null ? null : 'draft') },
  },
  { of: 'hub', path: '/attendance', component: AttendancePage, entry: { name: 'Attendance', icon: 'attendance' } },
  { of: 'hub', path: '/attendance/entries', component: AttendanceEntries },
  { of: 'hub', path: '/attendance/plan', component: AttendancePlan },
  { of: 'hub', path: '/attendance/people/:id', component: AttendancePerson },
  { of: 'hub', path: '/thresholds', component: Thresholds, entry: { name: 'Thresholds', icon: 'thresholds' } },
  {
    of: 'hub',
    path: '/settings',
    component: SettingsPage,
    entry: { name: 'Models and settings', icon: 'settings' },
  },
  { of: 'terminal', path: '/settings', component: TerminalSettings, entry: { name: 'Settings', icon: 'settings' } },
  {
    of: 'both',
    path: '/accounts',
    component: Accounts,
    entry: { name: 'Accounts', icon: 'accounts' },
    may: ['administrator', 'auditor'],
  },
  {
    of: 'both',
    path: '/audit',
    component: AuditPage,
    entry: { name: 'Changes', icon: 'audit' },
    may: ['administrator', 'auditor'],
  },
];

/** The pages of a console for a role. */
export function pagesOf(place: Place, role: Role | null): readonly PageOf[] {
  return pages.filter(
    ({ of, may }) => (of === 'both' || of === place) && (may === undefined || (role !== null && may.includes(role))),
  );
}
