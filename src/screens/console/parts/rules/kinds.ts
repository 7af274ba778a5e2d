import type { RulesTold } from '../../../../console/answers/rules.ts';

/** A set of access rules. */
export type Rules = RulesTold['rules'];

/** Kinds of rule of which there can be several, each with a name. */
export type NamedSection =
  | 'schedules'
  | 'holidays'
  | 'permissions'
  | 'secondFactors'
  | 'antiPassback'
  | 'twoPerson'
  | 'interlocks'
  | 'freeAccess';

/** A rule of a kind. */
export type RuleOf<S extends NamedSection> = NonNullable<Rules[S]>[string];

/** What there is to choose from. */
export interface Choices {
  readonly terminals: readonly string[];
  readonly groups: readonly string[];
  readonly schedules: readonly string[];
}

/** What the fields of a kind of rule are given. */
export interface FieldsOf<S extends NamedSection> {
  readonly rule: RuleOf<S>;
  readonly choices: Choices;
  readonly onChange: (rule: RuleOf<S>) => void;
}

/** What one rule of a kind is called. */
export const titles: Record<NamedSection, string> = {
  schedules: 'Schedule',
  holidays: 'Holiday',
  permissions: 'Permission',
  secondFactors: 'Second factor',
  antiPassback: 'Anti-passback area',
  twoPerson: 'Two-person rule',
  interlocks: 'Interlock',
  freeAccess: 'Free-access rule',
};

/** What is so without any rule of a kind. */
export const withoutAny: Record<NamedSection, string> = {
  schedules: 'No schedule yet: rules hold at any time.',
  permissions: 'No permission yet: everybody who is enrolled may pass every terminal.',
  holidays: 'No holidays: every week is like the others.',
  secondFactors: 'The face alone opens.',
  antiPassback: 'Nobody asks whether somebody is inside already.',
  twoPerson: 'Nobody needs company.',
  interlocks: 'Each door opens whatever the others do.',
  freeAccess: 'No door is ever left open.',
};

/** A new rule of each kind, to begin with. */
export const fresh: { readonly [S in NamedSection]: RuleOf<S> } = {
  schedules: {
    periods: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '07:00', to: '18:00' }],
    onHolidays: 'closed',
  },
  holidays: { dates: [], hours: [] },
  permissions: {},
  secondFactors: { onlyLookAlikes: false, accept: ['pin', 'card'] },
  antiPassback: { mode: 'hard', in: [], out: [] },
  twoPerson: { withinMs: 15_000 },
  interlocks: { terminals: [], staleAfterMs: 30_000 },
  freeAccess: { terminals: [], schedule: '' },
};
