import { z } from 'zod';
import { idPattern } from '../domain/person.ts';
import { readerSchema } from './reader-schema.ts';
import { isTimeZone } from './time-zone.ts';

const name = z.string().regex(idPattern, 'use letters, digits, ".", "_" and "-", at most 64');
const names = z.array(name).min(1);
const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day such as 07:30');
const endClock = z.string().regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'a time of day such as 17:00, or 24:00');
const hours = z
  .strictObject({ from: clock.describe('On the wall clock of the site'), to: endClock.describe('Not included') })
  .describe('Hours that end before they begin end on the next day');
const lasts = ({ from, to }: { from: string; to: string }) => from !== to;
const atOnce = { message: 'begins and ends at once; a whole day is from 00:00 to 24:00', path: ['to'] };

const schedule = z.strictObject({
  periods: z
    .array(
      hours
        .extend({
          days: z
            .array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']))
            .min(1)
            .describe('On which the period begins'),
        })
        .refine(lasts, atOnce),
    )
    .min(1)
    .describe('`days` and hours `from` … `to`; an overnight period belongs to the day on which it begins'),
  onHolidays: z
    .enum(['closed', 'as-usual'])
    .default('closed')
    .describe('Whether holidays change it; `closed` leaves the hours of the holiday itself, if it has any'),
});

const day = z.string().regex(/^(\d{4}-)?(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, 'a day such as 2026-12-25, or 12-25');
const holiday = z.strictObject({
  dates: z.array(day).min(1).describe('`2026-12-25` once, `12-25` every year'),
  hours: z
    .array(hours.refine(lasts, atOnce))
    .default([])
    .describe('In place of the usual ones; none, and it is closed'),
  schedules: names.optional().describe('Schedules it changes; left out, all but those that know no holidays'),
});

const scope = {
  terminals: names.optional().describe('Left out, at every terminal'),
  groups: names.optional().describe('Left out, for everybody'),
  schedule: name.optional().describe('Left out, at any time'),
};

const secondFactor = z.strictObject({
  ...scope,
  onlyLookAlikes: z
    .boolean()
    .default(false)
    .describe('Ask only people whom the gallery hardly tells from somebody else'),
  accept: z
    .array(z.enum(['pin', 'card']))
    .min(1)
    .default(['pin', 'card'])
    .describe('Any of these will do'),
});

const passback = z.strictObject({
  mode: z.enum(['soft', 'hard']).default('hard').describe('`hard` refuses, `soft` lets through and writes it down'),
  in: names.describe('Terminals that lead into the area'),
  out: names.describe('Terminals that lead out of it'),
  forgetAfterMin: z
    .number()
    .int()
    .min(1)
    .max(525_600)
    .optional()
    .describe('After so many minutes nobody knows any more where somebody is; left out, never'),
});

const twoPerson = z.strictObject({
  ...scope,
  withinMs: z.number().int().min(2000).max(120_000).default(15_000).describe('Between the first and the second person'),
});

const interlock = z.strictObject({
  terminals: z.array(name).min(2).describe('Doors of which one opens only while the others are known to be closed'),
  staleAfterMs: z
    .number()
    .int()
    .min(15_000)
    .max(300_000)
    .default(30_000)
    .describe('What was heard about another door is true for this long; then this door stays shut'),
});

const freeAccess = z.strictObject({
  terminals: names.describe('Whose doors are left open'),
  schedule: name.describe('While it is in force'),
  afterGroups: names.optional().describe('It begins only once somebody of these groups has come in: first person in'),
});

const lockOut = z.strictObject({
  attempts: z.number().int().min(1).max(20).default(5).describe('Failures of one person or card before the first wait'),
  terminalAttempts: z.number().int().min(1).max(200).default(20).describe('Failures at one terminal, whoever it was'),
  firstMs: z
    .number()
    .int()
    .min(1000)
    .max(3_600_000)
    .default(60_000)
    .describe('The first wait; each further one doubles'),
  mostMs: z.number().int().min(1000).max(86_400_000).default(3_600_000).describe('The longest wait'),
});

/** What the configuration and the hub may both say; see `access/rules/rules.ts`. */
const rulesShape = {
  timeZone: z
    .string()
    .refine(isTimeZone, 'no time zone; IANA names are written like Europe/Berlin')
    .optional()
    .describe('IANA name of the zone that the clock on the wall shows; left out, UTC'),
  schedules: z.record(name, schedule).optional().describe('When something is so, week after week, by name'),
  holidays: z.record(name, holiday).optional().describe('Days that are not like others, by name'),
  permissions: z
    .record(name, z.strictObject(scope))
    .optional()
    .describe('Who may pass where, and when, by name. Without any, everybody may; with one, only what is permitted is'),
  secondFactors: z
    .record(name, secondFactor)
    .optional()
    .describe('Where a PIN or a card is asked for besides the face'),
  antiPassback: z.record(name, passback).optional().describe('Areas that nobody enters twice without leaving'),
  twoPerson: z.record(name, twoPerson).optional().describe('Where two people are needed'),
  interlocks: z.record(name, interlock).optional().describe('Doors that are never open together'),
  freeAccess: z.record(name, freeAccess).optional().describe('When a door is left open; needs door.longestHoldMs'),
  lockOut: lockOut.optional().describe('How long PINs and cards are refused after failures'),
  withoutFace: z
    .enum(['never', 'card-and-pin', 'id-and-pin'])
    .optional()
    .describe(
      'Whether one can pass without a face: who is enrolled without one, and anybody where the camera or the light fails; left out, never',
    ),
  withoutFaceFor: z
    .enum(['everybody', 'those-without'])
    .optional()
    .describe(
      'For whom withoutFace is: for everybody, or only for those who are enrolled without a face; left out, for everybody',
    ),
  answerWithinMs: z
    .number()
    .int()
    .min(3000)
    .max(120_000)
    .optional()
    .describe('How long somebody has for the second factor, and a face to confirm a card; left out, 20 s'),
};

/** A set of rules by itself, as a hub publishes it. */
export const rulesSchema = z.strictObject(rulesShape);
export type RulesConfig = z.infer<typeof rulesSchema>;

/** Section `access` of a terminal: rules, and what is at this door only. */
export const accessSchema = z.strictObject({
  ...rulesShape,
  needHubRules: z
    .boolean()
    .default(false)
    .describe('Nobody passes before the hub has sent its rules: for terminals whose own file has none'),
  readers: z.array(readerSchema).default([]).describe('Card readers and keypads'),
});
export type AccessConfig = z.infer<typeof accessSchema>;

/** The part of the section that the hub may say as well. */
export function rulesOf({ needHubRules: _own, readers: _here, ...rules }: AccessConfig): RulesConfig {
  return rules;
}
