import { z } from 'zod';
import { filePath, id, milliseconds } from './common-schema.ts';
import { isTimeZone } from './time-zone.ts';

const common = {
  name: id.describe('What was told is remembered under this name: with another one, everything is told again'),
  url: z.url({ protocol: /^https?$/ }).describe('Where it is; https, unless it is this machine'),
  since: z.iso
    .datetime({ offset: true })
    .optional()
    .describe('Nothing before this instant is told, for example 2026-12-01T00:00:00Z. Left out, everything'),
  timeoutMs: milliseconds(1000, 120_000).default(20_000).describe('How long an answer may take'),
};

/** Somebody outside who is told about punches and corrections. */
export const payrollSchema = z.discriminatedUnion('driver', [
  z.strictObject({
    driver: z.literal('frappe').describe('Check-ins of Frappe HR (ERPNext)'),
    ...common,
    tokenFile: filePath.describe('A file that only limen may read: API key and API secret of a user there, KEY:SECRET'),
    timeZone: z
      .string()
      .refine(isTimeZone, 'a time zone such as Europe/Berlin')
      .describe('The time zone in its System Settings'),
    employeeField: z
      .string()
      .regex(/^[a-z][a-z0-9_]*$/, 'the name of a field of an Employee')
      .default('attendance_device_id')
      .describe("Which field of an Employee holds a person's id"),
    breaks: z
      .enum(['as-out-and-in', 'left-out'])
      .default('as-out-and-in')
      .describe('Frappe HR knows no breaks: as an OUT and an IN, or not at all'),
    app: z.enum(['hrms', 'erpnext']).default('hrms').describe('Where its check-ins are; "erpnext" up to version 13'),
  }),
  z.strictObject({
    driver: z.literal('webhook').describe('A signed message for each (Standard Webhooks)'),
    ...common,
    secretFile: filePath.describe(
      'A file that only limen may read: whsec_ and base64, a line each while it is changed',
    ),
  }),
]);

export type PayrollConfig = z.infer<typeof payrollSchema>;
