import assert from 'node:assert/strict';
import test from 'ava';
import fc from 'fast-check';
import { attendanceOf } from '../../src/attendance/attendance.ts';
import type { Entry, Facts, PunchCode } from '../../src/attendance/facts.ts';
import { knownAt } from '../../src/attendance/facts.ts';
import {
  type PlanSaid,
  plansInForce,
  plansTakenBack,
  versionOn,
  versionsInTurn,
} from '../../src/attendance/plan-version.ts';
import { attendance, plan, punches, said, set } from './support.ts';

const from = '2026-03-23';
const to = '2026-04-05'; // the clocks go forward on 29 March
const startMs = Date.parse('2026-03-22T00:00Z');
const codes: PunchCode[] = ['in', 'out', 'break-start', 'break-end', 'change'];
const strict = plan(
  { everybody: { site: 'berlin', rota: 'nights', policy: 'agreed' } },
  {
    roundIn: { toMinutes: 15, mode: 'up' },
    roundOut: { toMinutes: 15, mode: 'nearest' },
    breaks: { paidMinutes: 15, automatic: [{ afterMinutes: 360, minutes: 30 }] },
    overtime: [
      { name: 'day', on: 'day', afterMinutes: 480, factor: 1.25 },
      { name: 'week', on: 'week', afterMinutes: 1200, factor: 1.5 },
    ],
  },
);

const unrounded = plan({ everybody: { site: 'berlin', rota: 'nights' } });

const somePunches = fc
  .uniqueArray(fc.record({ minute: fc.nat(16 * 24 * 60), code: fc.constantFrom(...codes) }), {
    selector: ({ minute }) => minute,
    maxLength: 60,
  })
  .map((drawn) => drawn.sort((a, b) => a.minute - b.minute))
  .map((drawn) =>
    punches(...drawn.map(({ minute, code }) => `${code} ${new Date(startMs + minute * 60_000).toISOString()}`)),
  );

const report = (facts: Partial<Facts>, days: { from: string; to: string } = { from, to }) =>
  attendance(facts, { plan: strict, ...days });
const totals = (facts: Partial<Facts>, days?: { from: string; to: string }) =>
  report(facts, days).map(({ date, workedMs, regularMs, overtime, lateMs }) => ({
    date,
    workedMs,
    regularMs,
    overtime,
    lateMs,
  }));

test('the order of arrival and replays change nothing', (t) => {
  const shuffled = somePunches.chain((all) =>
    fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }), fc.subarray(all)),
  );
  fc.assert(
    fc.property(shuffled, ([all, other, again]) => {
      assert.deepEqual(report({ punches: [...other, ...again] }), report({ punches: all }));
    }),
  );
  t.pass();
});

test('where a report is cut changes no day of it', (t) => {
  fc.assert(
    fc.property(somePunches, fc.integer({ min: 1, max: 12 }), (all, cut) => {
      const day = (days: number) => new Date(Date.parse(from) + days * 86_400_000).toISOString().slice(0, 10);
      const parts = [
        ...totals({ punches: all }, { from, to: day(cut - 1) }),
        ...totals({ punches: all }, { from: day(cut), to }),
      ];
      assert.deepEqual(parts, totals({ punches: all }));
    }),
  );
  t.pass();
});

test('a correction and its reversal leave the report as it was', (t) => {
  const corrected = somePunches
    .filter((all) => all.length > 0)
    .chain((all) =>
      fc.tuple(fc.constant(all), fc.nat(all.length - 1), fc.constantFrom('void', 'move', 'recode', 'add', 'leave')),
    );
  fc.assert(
    fc.property(corrected, ([all, index, kind]) => {
      const punch = all[index]!;
      const entry: Entry = said(
        {
          void: { kind, punch: punch.id },
          move: { kind, punch: punch.id, at: new Date(Date.parse(punch.at) + 5e6).toISOString() },
          recode: { kind, punch: punch.id, code: punch.code === 'in' ? 'out' : 'in' },
          add: { kind, personId: 'ada', at: '2026-03-25T09:00:00.000Z', code: 'out', site: 'berlin' },
          leave: { kind, personId: 'ada', from, to, leave: 'sick', paid: true },
        }[kind] as never,
      );
      const reversal = said({ kind: 'reverse', entry: entry.id });
      assert.deepEqual(report({ punches: all, entries: [reversal, entry] }), report({ punches: all }));
      const twice = said({ kind: 'reverse', entry: reversal.id });
      assert.deepEqual(
        report({ punches: all, entries: [twice, reversal, entry] }),
        report({ punches: all, entries: [entry] }),
      );
    }),
  );
  t.pass();
});

test('each millisecond of worked time is in exactly one tier, and none is negative', (t) => {
  fc.assert(
    fc.property(somePunches, (all) => {
      for (const day of report({ punches: all })) {
        const tiers = Object.values(day.overtime).reduce((sum, ms) => sum + ms, 0);
        assert.equal(day.regularMs + tiers, day.workedMs);
        assert.ok(day.workedMs >= 0 && day.automaticBreakMs >= 0 && day.regularMs >= 0);
      }
    }),
  );
  t.pass();
});

test('no time is paid that nobody was there: worked time is at most what lies between the first and the last punch', (t) => {
  fc.assert(
    fc.property(somePunches, (all) => {
      const worked = attendance({ punches: all }, { plan: unrounded, from: '2026-03-21', to: '2026-04-09' }).reduce(
        (sum, day) => sum + day.workedMs,
        0,
      );
      const ms = all.map(({ at }) => Date.parse(at));
      assert.ok(worked <= Math.max(0, ms.at(-1)! - ms[0]!) || all.length === 0);
    }),
  );
  t.pass();
});

test('what the books knew at a date is what a report of that date said', (t) => {
  fc.assert(
    fc.property(somePunches, fc.nat(), (all, at) => {
      const cut = new Date(startMs + (at % (16 * 24 * 60)) * 60_000);
      const then = all.filter(({ recordedAt }) => Date.parse(recordedAt) <= cut.getTime());
      assert.deepEqual(report(knownAt({ punches: all, entries: [] }, cut)), report({ punches: then }));
    }),
  );
  t.pass();
});

test('a move and its reversal leave the report as it was, whatever day it is dated', (t) => {
  const offset = fc.integer({ min: -20, max: 30 });
  const moved = fc.tuple(somePunches, offset, offset, fc.subarray(['nights', 'hanoi', 'nobody']));
  const groups = { nights: { rota: 'nights' }, hanoi: { site: 'hanoi', rota: 'split', policy: 'agreed' } };
  const crews = { ...strict, groups };
  const day = (days: number) => new Date(Date.parse(from) + days * 86_400_000).toISOString().slice(0, 10);
  const asked = (facts: Partial<Facts>) => attendance(facts, { plan: crews, from, to });
  fc.assert(
    fc.property(moved, ([all, dated, saidOn, into]) => {
      const at = `${day(saidOn)}T12:00:00.000Z`;
      const move = said({ kind: 'groups', personId: 'ada', from: day(dated), groups: into }, at);
      const reversal = said({ kind: 'reverse', entry: move.id }, at);
      assert.deepEqual(asked({ punches: all, entries: [reversal, move] }), asked({ punches: all }));
      const twice = said({ kind: 'reverse', entry: reversal.id }, at);
      assert.deepEqual(
        asked({ punches: all, entries: [twice, reversal, move] }),
        asked({ punches: all, entries: [move] }),
      );
    }),
  );
  t.pass();
});

test('a plan and its reversal leave the report as it was, whatever else is set, and whichever days they are for', (t) => {
  const day = (days: number) => new Date(Date.parse(from) + days * 86_400_000).toISOString().slice(0, 10);
  const offset = fc.integer({ min: -20, max: 30 });
  const drawn = fc.record({
    dated: fc.option(offset, { nil: undefined }),
    on: offset,
    which: fc.constantFrom(strict, unrounded),
  });
  const plans = fc.tuple(somePunches, fc.array(drawn, { minLength: 2, maxLength: 6 }), fc.nat());
  const asked = (facts: Partial<Facts>, all: readonly PlanSaid[]) => {
    const worker = { id: 'ada', name: 'Ada', groups: [] };
    const versions = versionsInTurn(plansInForce(all));
    const request = { worker, from, to, nowMs: Date.parse('2027-01-01T00:00Z') };
    return versions && attendanceOf({ punches: [], entries: [], ...facts }, { ...request, plans: versions });
  };
  fc.assert(
    fc.property(plans, ([all, many, which]) => {
      // Set in this order, whatever the clock of the hub says meanwhile.
      const about = { kind: 'plan', about: null } as const;
      const books = many.map(({ dated, on, which: plan }): PlanSaid => {
        return { ...set(plan, { on: day(on), ...(dated !== undefined && { from: day(dated) }) }), ...about };
      });
      const mistake = books[which % books.length] as PlanSaid;
      const others = books.filter((one) => one !== mistake);
      const { id, recordedAt, author, reason } = set(strict);
      const signed = { recordedAt, author, reason, kind: 'reverse', about: null } as const;
      const reversal: PlanSaid = { ...signed, id, entry: mistake.id };
      const facts = { punches: all };
      assert.deepEqual(asked(facts, [reversal, ...books]), asked(facts, others));
      const again: PlanSaid = { ...signed, id: `${id}Z`, entry: id };
      assert.deepEqual(asked(facts, [again, reversal, ...books]), asked(facts, books));
      const would = versionsInTurn(books as never);
      for (const date of [day(-30), day(0), day(7), day(40)]) {
        const isMissed = would !== null && versionOn(would, date).id === mistake.id;
        assert.equal(plansTakenBack([...books, reversal])(date)?.plan.id ?? null, isMissed ? mistake.id : null);
        assert.equal(plansTakenBack([...books, reversal, again])(date), null);
      }
    }),
  );
  t.is(asked({}, []), null, 'and where no plan is left, there is none');
});
