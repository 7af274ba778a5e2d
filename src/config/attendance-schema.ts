import { z } from 'zod';
import { idPattern } from '../domain/person.ts';
import { tooLong } from '../domain/stretches.ts';
import { isTimeZone } from './time-zone.ts';

const name = z.string().regex(idPattern, 'use letters, digits, ".", "_" and "-", at most 64');
const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day such as 07:30');
const endClock = z.string().regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'a time of day such as 17:00, or 24:00');
const date = z.iso.date('a day such as 2026-12-25');
const yearlyDate = z
  .string()
  .regex(/^(\d{4}-)?(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, 'a day such as 2026-12-25, or 12-25');
const minutes = z.number().int().min(0).max(10_080);

const stretch = z
  .strictObject({ from: clock, to: endClock })
  .refine(({ from, to }) => from !== to, { message: 'begins and ends at once', path: ['to'] })
  .describe('On the wall clock of the site; one that ends before it begins ends on the next day');

const stretches = z
  .array(stretch)
  .min(1)
  .superRefine((all, context) => {
    const which = tooLong(all);
    if (which < 0) return;
    const message =
      'ends more than 24 hours after the shift begins: stretches are in the order of the shift, and one that begins before the end of the one above it is on the next day';
    context.addIssue({ code: 'custom', path: [which], message });
  });

const site = z.strictObject({
  timeZone: z
    .string()
    .refine(isTimeZone, 'no time zone; IANA names are written like Europe/Berlin')
    .describe('IANA name'),
  terminals: z.array(name).optional().describe('Which stand there; not needed where there is one site'),
  holidays: z.array(name).optional().describe('Calendars that hold there'),
});

const shift = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('fixed'),
    stretches: stretches.describe(
      'One, or several of a split shift in their order; one that begins before the end of the one above it is on the next day',
    ),
  }),
  z.strictObject({
    kind: z.literal('flexible'),
    minutes: minutes.describe('To be worked that day'),
    core: stretch.optional().describe('When everybody is there'),
  }),
]);

const rota = z.strictObject({
  from: date.describe('The day on which the first shift of the list is'),
  days: z.array(name.nullable()).min(1).max(366).describe('Shift by shift, over and over; null is a day off'),
});

const rounding = z.strictObject({
  toMinutes: z
    .union([1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60].map((n) => z.literal(n)))
    .describe('Grid of the wall clock'),
  mode: z.enum(['nearest', 'up', 'down']),
});

const tier = z
  .strictObject({
    name: name.refine((given) => given !== 'unapproved', 'is what reports call the overtime that waits for approval'),
    on: z.enum(['day', 'week', 'day-off', 'holiday']),
    afterMinutes: minutes.optional().describe('For `day` and `week`'),
    factor: z.number().min(0).max(10).describe('Passed on to payroll'),
  })
  .refine(({ on, afterMinutes }) => (on === 'day' || on === 'week') === (afterMinutes !== undefined), {
    message: 'is for `day` and `week`, and needed there',
    path: ['afterMinutes'],
  });

const policy = z.strictObject({
  roundIn: rounding.optional().describe('Of each IN'),
  roundOut: rounding.optional().describe('Of each OUT'),
  earlyArrival: z.enum(['counts', 'needs-approval']).default('counts').describe('Time before a fixed shift'),
  lateDeparture: z.enum(['counts', 'needs-approval']).default('counts').describe('Time after a fixed shift'),
  overtimeCounts: z.enum(['always', 'when-approved']).default('always'),
  lateAfterMinutes: minutes.default(0).describe('Who comes later than this is late, by all of it'),
  earlyLeaveMinutes: minutes.default(0).describe('Who leaves earlier than this left early, by all of it'),
  breaks: z
    .strictObject({
      paidMinutes: minutes.default(0).describe('Of the breaks punched on a day, so many minutes are paid'),
      automatic: z
        .array(z.strictObject({ afterMinutes: minutes, minutes }))
        .default([])
        .describe('Taken off when more than `afterMinutes` were worked and the break was not taken'),
    })
    .prefault({}),
  overtime: z.array(tier).default([]),
  longestMinutes: z.number().int().min(60).max(2880).default(960).describe('An IN older than this lacks its OUT'),
  doubledWithinMinutes: minutes.default(5).describe('The same punch again within this time is one punch'),
  dayBegins: clock.default('00:00').describe('Work outside any fixed shift before this time is of the day before'),
});

const assignment = {
  site: name.optional(),
  rota: name.optional(),
  policy: name.optional(),
};
const employment = z.strictObject({ from: date.optional(), to: date.optional().describe('Included') });

/** A plan as it stands in YAML; see `attendance/plan.ts`. */
export const attendancePlanSchema = z
  .strictObject({
    sites: z.record(name, site).refine((sites) => Object.keys(sites).length > 0, 'names no site'),
    holidays: z
      .record(name, z.strictObject({ dates: z.array(yearlyDate).min(1), paid: z.boolean().default(true) }))
      .default({})
      .describe('Calendars by name'),
    shifts: z.record(name, shift).default({}),
    rotas: z.record(name, rota).default({}),
    policies: z.record(name, policy).default({}),
    groups: z.record(name, z.strictObject(assignment)).default({}).describe('By group; the first that somebody is in'),
    people: z
      .record(name, z.strictObject({ ...assignment, employed: z.array(employment).optional() }))
      .default({})
      .describe('By person; goes before groups'),
    everybody: z.strictObject(assignment).optional().describe('Whoever is in none of those'),
    travel: z
      .array(z.strictObject({ between: z.tuple([name, name]), minutes }))
      .default([])
      .describe('How long nobody is faster between two sites'),
  })
  .superRefine((plan, context) => {
    for (const [path, table, wanted] of references(plan))
      if (wanted !== undefined && wanted !== null && !Object.hasOwn(table.of, wanted))
        context.addIssue({ code: 'custom', path: [...path], message: `there is no ${table.what} "${wanted}"` });
  });

type PlanInput = {
  readonly sites: Readonly<Record<string, z.infer<typeof site>>>;
  readonly holidays: object;
  readonly shifts: object;
  readonly rotas: Readonly<Record<string, z.infer<typeof rota>>>;
  readonly policies: object;
  readonly groups: Readonly<Record<string, AssignmentInput>>;
  readonly people: Readonly<Record<string, AssignmentInput>>;
  readonly everybody?: AssignmentInput | undefined;
  readonly travel: readonly { readonly between: readonly [string, string] }[];
};
type AssignmentInput = { readonly [K in keyof typeof assignment]?: string | undefined };
type Reference = readonly [
  path: readonly (string | number)[],
  table: { readonly what: string; readonly of: object },
  name?: string | null | undefined,
];

/** Every name that the plan uses, and the table that it has to be in. */
function references(plan: PlanInput): Reference[] {
  const table = { site: plan.sites, rota: plan.rotas, policy: plan.policies };
  const ofAssignment = (path: readonly string[], given: AssignmentInput): Reference[] =>
    (['site', 'rota', 'policy'] as const).map((key) => [[...path, key], { what: key, of: table[key] }, given[key]]);
  const shifts = { what: 'shift', of: plan.shifts };
  const calendars = { what: 'calendar of holidays', of: plan.holidays };
  const sites = { what: 'site', of: plan.sites };
  return [
    ...Object.entries(plan.sites).flatMap(([id, { holidays = [] }]) =>
      holidays.map((holiday, i): Reference => [['sites', id, 'holidays', i], calendars, holiday]),
    ),
    ...Object.entries(plan.rotas).flatMap(([id, { days }]) =>
      days.map((day, i): Reference => [['rotas', id, 'days', i], shifts, day]),
    ),
    ...Object.entries(plan.groups).flatMap(([id, given]) => ofAssignment(['groups', id], given)),
    ...Object.entries(plan.people).flatMap(([id, given]) => ofAssignment(['people', id], given)),
    ...ofAssignment(['everybody'], plan.everybody ?? {}),
    ...plan.travel.flatMap(({ between }, i) =>
      between.map((end, j): Reference => [['travel', i, 'between', j], sites, end]),
    ),
  ];
}
