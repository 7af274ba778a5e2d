import test from 'ava';
import { attendancePlanSchema } from '../../src/config/attendance-schema.ts';

const sites = { works: { timeZone: 'Europe/Berlin' } };

/** The places and sentences of what a plan is refused for. */
function refusals(plan: object): string[] {
  const { error } = attendancePlanSchema.safeParse({ sites, ...plan });
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')} ${message}`);
}

const shift = (...stretches: string[]) => ({
  shifts: {
    own: {
      kind: 'fixed',
      stretches: stretches.map((stretch) => {
        const [from, to] = stretch.split('-');
        return { from, to };
      }),
    },
  },
});

test('a shift is in its order, over midnight too, and at most a day long', (t) => {
  t.deepEqual(refusals(shift('20:00-24:00', '01:00-05:00')), []);
  t.deepEqual(refusals(shift('22:00-02:00', '03:00-06:00')), []);
  t.deepEqual(refusals(shift('06:00-10:00', '16:00-06:00')), [], 'all of a day');
  const says =
    'ends more than 24 hours after the shift begins: stretches are in the order of the shift, and one that begins before the end of the one above it is on the next day';
  t.deepEqual(refusals(shift('06:00-10:00', '08:00-12:00')), [`shifts.own.stretches.1 ${says}`]);
  t.deepEqual(refusals(shift('22:00-02:00', '23:00-01:00')), [`shifts.own.stretches.1 ${says}`]);
  t.deepEqual(refusals(shift('06:00-10:00', '12:00-14:00', '12:00-08:00')), [`shifts.own.stretches.2 ${says}`]);
});

test('no tier has the name of the column of what waits for approval', (t) => {
  const policies = { agreed: { overtime: [{ name: 'unapproved', on: 'day-off', factor: 1 }] } };
  t.deepEqual(refusals({ policies }), [
    'policies.agreed.overtime.0.name is what reports call the overtime that waits for approval',
  ]);
});
