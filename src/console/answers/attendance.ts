import { z } from 'zod';
import { personId } from './people.ts';
import { textProblem } from './rules.ts';

const instant = z.iso.datetime({ offset: true });
const day = z.iso.date();
const code = z.enum(['in', 'out', 'break-start', 'break-end', 'change']);
const name = z.string().trim().min(1).max(64);
const id = z.string().min(1).max(120);

/** That something does not hold any more. */
export const reversalSaid = z.object({ kind: z.literal('reverse'), entry: id });

/** What can be said about punches and days; see `attendance/facts.ts`. */
export const entrySaid = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('add'), personId, at: instant, code, site: name, work: name.optional() }),
  z.object({ kind: z.literal('void'), punch: id }),
  z.object({ kind: z.literal('move'), punch: id, at: instant }),
  z.object({ kind: z.literal('recode'), punch: id, code }),
  z.object({ kind: z.literal('leave'), personId, from: day, to: day, leave: name, paid: z.boolean() }),
  z.object({
    ...{ kind: z.literal('approve'), personId, day },
    what: z.enum(['early-arrival', 'late-departure', 'overtime']),
  }),
  z.object({ kind: z.literal('groups'), personId, from: day, groups: z.array(name).max(100).readonly() }),
  reversalSaid,
]);

/** Something that somebody has to look at, and ways to mend it. */
export const findingTold = z.object({
  ...{ kind: z.string(), person: z.string(), name: z.string(), day: z.string(), says: z.string() },
  /** Time is missing from the day, or may be. */
  costsTime: z.boolean(),
  proposals: z.array(z.object({ says: z.string(), entry: entrySaid })),
});

/** See {@link findingTold}. */
export type FindingTold = z.infer<typeof findingTold>;

/** The sums of one person; times in milliseconds. */
export const personSums = z.object({
  ...{ id: z.string(), name: z.string(), site: z.string().nullable(), days: z.number() },
  ...{ workedMs: z.number(), creditedMs: z.number(), plannedMs: z.number(), balanceMs: z.number() },
  /** Worked, and in no tier of overtime. */
  regularMs: z.number(),
  ...{ overtimeMs: z.record(z.string(), z.number()), unapprovedOvertimeMs: z.number() },
  ...{ lateMs: z.number(), earlyLeaveMs: z.number(), findings: z.number() },
});

/** See {@link personSums}. */
export type PersonSums = z.infer<typeof personSums>;

/** A report: everybody's sums, and what is to be looked at. */
export const attendanceTold = z.object({
  people: z.array(personSums),
  tiers: z.array(z.string()),
  /** Those that cost time before the others, the newest first, as many as somebody reads; `findingsCount` of them in all. */
  findings: z.array(findingTold),
  findingsCount: z.number(),
  /** What a report can be narrowed to. */
  ...{ groups: z.array(z.string()), sites: z.array(z.string()) },
});

/** See {@link attendanceTold}. */
export type AttendanceTold = z.infer<typeof attendanceTold>;

/** A punch with both of its times, where the recorded one was wrong. */
export const punchTold = z.object({
  ...{ id: z.string(), code: z.string(), work: z.string().nullable(), at: z.string() },
  /** On the wall of the site. */
  ...{ clock: z.string(), date: z.string() },
  recordedAt: z.string().nullable(),
  ...{ terminal: z.string().nullable(), isClockSet: z.boolean() },
  /** By what they were known, other than the face alone; in words. */
  proof: z.string(),
  /** Why the face was refused, whose place that took. */
  afterRefusal: z.string().nullable(),
  changedBy: z.array(z.object({ id: z.string(), author: z.string(), reason: z.string() })),
});

/** One day of one person. */
export const dayTold = z.object({
  ...{ date: z.string(), shift: z.string().nullable(), holiday: z.string().nullable(), leave: z.string().nullable() },
  ...{ in: z.string(), out: z.string() },
  ...{
    workedMs: z.number(),
    creditedMs: z.number(),
    plannedMs: z.number(),
    regularMs: z.number(),
    lateMs: z.number(),
    earlyLeaveMs: z.number(),
  },
  ...{ overtimeMs: z.record(z.string(), z.number()), unapprovedOvertimeMs: z.number() },
  punches: z.array(punchTold),
  findings: z.array(findingTold),
  /** The arithmetic, a sentence each. */
  steps: z.array(z.string()),
});

/** See {@link dayTold}. */
export type DayTold = z.infer<typeof dayTold>;

/** The days of one person. */
export const personDays = z.object({
  ...{ id: z.string(), name: z.string(), site: z.string().nullable(), timeZone: z.string() },
  days: z.array(dayTold),
});

/** See {@link personDays}. */
export type PersonDays = z.infer<typeof personDays>;

/** That a plan was set, for every day or from one on. */
const planSaid = z.object({ kind: z.literal('plan'), from: day.nullable() });

/** Something that was said about the books. */
export const entryTold = z.object({
  ...{ id: z.string(), recordedAt: z.string() },
  /** Whose time it is about; `null` for a plan, and for what takes one back. */
  person: z.object({ id: z.string(), name: z.string() }).nullable(),
  ...{ author: z.string(), reason: z.string() },
  said: z.discriminatedUnion('kind', [...entrySaid.options, planSaid]),
  /** Still counts: it was not taken back. */
  inForce: z.boolean(),
});

/** See {@link entryTold}. */
export type EntryTold = z.infer<typeof entryTold>;

/** Who set a plan, and from which day on it counts; `null`: every day. */
const planSet = z.object({
  ...{ id: z.string(), from: z.string().nullable() },
  ...{ recordedAt: z.string(), author: z.string(), reason: z.string() },
});

/** How working time is counted; `null` where nobody has said yet. */
export const planTold = z.object({
  /** The one that counts today. */
  plan: planSet.extend({ text: z.string() }).nullable(),
  /** Those by which days are counted, oldest day first. */
  versions: z.array(planSet),
});

/** See {@link planTold}. */
export type PlanTold = z.infer<typeof planTold>;

/** What became of the check of a plan. */
export const planChecked = z.object({ problems: z.array(textProblem) });

/** See {@link planChecked}. */
export type PlanChecked = z.infer<typeof planChecked>;
