import { stringify } from 'yaml';
import { z } from 'zod';
import { attendancePlanSchema } from '../../config/attendance-schema.ts';
import { checkText } from '../../config/check-text.ts';
import { LimenError } from '../../domain/errors.ts';
import { attendanceOffice } from '../../hub/attendance-office.ts';
import { planChecked, planTold } from '../answers/attendance.ts';
import { administrators, everybody } from '../roles.ts';
import { type Route, route } from '../route.ts';

const text = z.string().max(200_000).meta({ description: 'YAML, as docs/attendance.md describes it' });
const reason = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^\P{Cc}*$/u);

/** How working time is counted: sites, shifts, rotas, rules. */
export const attendancePlanRoutes: readonly Route[] = [
  route({
    ...{ method: 'GET', path: '/api/attendance/plan', may: everybody, says: 'The plan in force' },
    answer: planTold,
    handle: async (_call, { store, keyring: keys, clock }) => {
      const set = await attendanceOffice({ store, keys, clock }).statements.planAt(clock.now());
      if (set === null) return { plan: null };
      const { recordedAt, author, reason, plan } = set;
      return { plan: { recordedAt, author, reason, text: stringify(plan) } };
    },
  }),
  route({
    ...{ method: 'POST', path: '/api/attendance/plan/check', may: everybody, says: 'Check a plan' },
    body: z.object({ text }),
    answer: planChecked,
    audit: null,
    handle: async ({ body }) => ({ problems: [...checkText(body.text, attendancePlanSchema).problems] }),
  }),
  route({
    ...{ method: 'PUT', path: '/api/attendance/plan', may: administrators, says: 'Count by this plan from now on' },
    body: z.object({ text, reason }),
    answer: z.object({ id: z.string() }),
    audit: { action: 'attendance.plan-set', detail: ({ body }) => ({ reason: body.reason }) },
    handle: async ({ body: { text, reason }, who }, { store, keyring: keys, clock }) => {
      const { problems, value } = checkText(text, attendancePlanSchema);
      if (value === null) {
        const [first] = problems;
        throw new LimenError(
          'usage.invalid',
          `This plan cannot be used: line ${first?.line}: ${first?.key} ${first?.says}.`,
          {
            hint: 'docs/attendance.md describes it; the plan before stays in force.',
          },
        );
      }
      const by = { author: who.name, reason };
      return { id: await attendanceOffice({ store, keys, clock }).setPlan(value, by) };
    },
  }),
];
