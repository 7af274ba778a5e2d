import { stringify } from 'yaml';
import { z } from 'zod';
import { type PlanVersion, versionAt, versionsInTurn } from '../../attendance/plan-version.ts';
import { attendancePlanSchema } from '../../config/attendance-schema.ts';
import { checkText } from '../../config/check-text.ts';
import { LimenError } from '../../domain/errors.ts';
import { attendanceOffice } from '../../hub/attendance-office.ts';
import { planChecked, planTold, reversalSaid } from '../answers/attendance.ts';
import { reason } from '../answers/reason.ts';
import { administrators, everybody } from '../roles.ts';
import { type Route, route } from '../route.ts';

const text = z.string().max(200_000).meta({ description: 'YAML, as docs/attendance.md describes it' });

/** How working time is counted: sites, shifts, rotas, rules. */
export const attendancePlanRoutes: readonly Route[] = [
  route({
    ...{
      method: 'GET',
      path: '/api/attendance/plan',
      may: everybody,
      says: 'The plan that counts today, and from which day on which does',
    },
    answer: planTold,
    handle: async (_call, { store, keyring: keys, clock }) => {
      const set = await attendanceOffice({ store, keys, clock }).statements.plansSet(clock.now());
      const versions = versionsInTurn(set);
      if (versions === null) return { plan: null, versions: [] };
      const today = versionAt(versions, clock.now().getTime());
      return { plan: { ...toldOf(today), text: stringify(today.plan) }, versions: versions.map(toldOf) };
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
    ...{ method: 'PUT', path: '/api/attendance/plan', may: administrators, says: 'Count by this plan' },
    body: z.object({
      ...{ text, reason },
      from: z.iso.date().optional().meta({ description: 'The first day that is counted by it; left out, every day' }),
    }),
    answer: z.object({ id: z.string() }),
    audit: {
      action: 'attendance.plan-set',
      detail: ({ body }) => ({ reason: body.reason, ...(body.from && { from: body.from }) }),
    },
    handle: async ({ body: { text, reason, from }, who }, { store, keyring: keys, clock }) => {
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
      return { id: await attendanceOffice({ store, keys, clock }).setPlan(value, { ...by, from }) };
    },
  }),
  route({
    ...{
      method: 'POST',
      path: '/api/attendance/plan/reversals',
      may: administrators,
      says: 'Take back a plan, or what took one back',
    },
    body: z.object({ said: reversalSaid, reason }),
    answer: z.object({ id: z.string() }),
    audit: {
      action: 'attendance.plan-reversed',
      detail: ({ body: { said, reason } }) => ({ reason, entry: said.entry }),
    },
    handle: async ({ body: { said, reason }, who }, { store, keyring: keys, clock }) => {
      const office = attendanceOffice({ store, keys, clock });
      return { id: await office.takeBackPlan(said.entry, { author: who.name, reason }) };
    },
  }),
];

function toldOf({ id, from, recordedAt, author, reason }: PlanVersion) {
  return { id, from: from ?? null, recordedAt, author, reason };
}
