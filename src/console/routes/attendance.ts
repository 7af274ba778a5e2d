import { createHash } from 'node:crypto';
import { setImmediate as breathe } from 'node:timers/promises';
import { z } from 'zod';
import type { Attendance } from '../../attendance/attendance.ts';
import { attendanceFile } from '../../attendance/report/file.ts';
import { attendanceStyle } from '../../attendance/report/html.ts';
import { attendanceOffice } from '../../hub/attendance-office.ts';
import type { AttendanceQuery } from '../../hub/attendance-report.ts';
import { spooled } from '../../runtime/spool.ts';
import { attendanceTold, type FindingTold, type PersonSums, personDays } from '../answers/attendance.ts';
import { personId } from '../answers/people.ts';
import { attendanceAsked, attendanceQuery } from '../attendance-query.ts';
import { dayOf, findingsOf, sumsOf } from '../attendance-told.ts';
import type { Desk } from '../desk.ts';
import { everybody } from '../roles.ts';
import { type Route, route } from '../route.ts';

const mostFindings = 200;

const types = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  html: 'text/html; charset=utf-8',
};

/** The page carries its own style sheet, and nothing else: no script, no address. */
const styleHash = createHash('sha256').update(attendanceStyle).digest('base64');
const pagePolicy = `default-src 'none'; style-src 'sha256-${styleHash}'; frame-ancestors 'none'; base-uri 'none'`;

/** Working time: what it came to, day by day, and as a file. */
export const attendanceRoutes: readonly Route[] = [
  route({
    ...{
      method: 'GET',
      path: '/api/attendance',
      may: everybody,
      says: "Everybody's working time, and what to look at",
    },
    query: attendanceQuery,
    answer: attendanceTold,
    handle: async ({ query }, desk) => {
      const people: PersonSums[] = [];
      const findings: FindingTold[] = [];
      for await (const attendance of reported(desk, attendanceAsked(query))) {
        people.push(sumsOf(attendance));
        findings.push(...findingsOf(attendance));
      }
      findings.sort((a, b) => Number(b.costsTime) - Number(a.costsTime) || b.day.localeCompare(a.day));
      const { plan } = await office(desk).plan();
      return {
        ...{ people, tiers: [...new Set(people.flatMap(({ overtimeMs }) => Object.keys(overtimeMs)))] },
        ...{ findings: findings.slice(0, mostFindings), findingsCount: findings.length },
        groups: await desk.people.groups(),
        sites: Object.keys(plan.sites),
      };
    },
  }),
  route({
    ...{
      method: 'GET',
      path: '/api/attendance/people/:person',
      may: everybody,
      says: 'The days of one person, explained',
    },
    params: z.object({ person: personId }),
    query: attendanceQuery.omit({ person: true, group: true, site: true }),
    answer: personDays,
    handle: async ({ params: { person }, query }, desk) => {
      const steps = new Map<string, string[]>();
      const onStep = (_: string, date: string, line: string) => steps.set(date, [...(steps.get(date) ?? []), line]);
      const found = await all(reported(desk, { ...attendanceAsked({ ...query, person }), onStep }));
      // A report of one person has exactly that.
      const attendance = found[0] as Attendance;
      const { worker, terms, days } = attendance;
      return {
        ...{ id: worker.id, name: worker.name, site: terms.siteName, timeZone: terms.site.timeZone },
        days: days.map((day) => dayOf(attendance, day, steps.get(day.date) ?? [])),
      };
    },
  }),
  route({
    ...{
      method: 'GET',
      path: '/api/attendance/file',
      may: everybody,
      says: 'A report as a file, or as a page to print',
    },
    query: attendanceQuery.extend({ format: z.enum(['csv', 'xlsx', 'html']) }),
    answer: null,
    audit: {
      action: 'attendance.exported',
      target: ({ query }) => query.person ?? null,
      detail: ({ query: { person: _target, ...query } }) => ({ ...query }),
    },
    handle: async ({ query: { format, ...query }, reply }, desk) => {
      const asked = attendanceAsked(query);
      const plans = await office(desk).plans();
      // Whole before any of it is sent: what fails midway is an answer that says so, and no half of a file.
      const content = await spooled(attendanceFile(reported(desk, asked), { format, period: query, plans }));
      reply.type(types[format]);
      if (format === 'html') reply.header('content-security-policy', pagePolicy);
      else {
        const name = `attendance-${query.from}-${query.to}.${format}`;
        reply.header('content-disposition', `attachment; filename="${name}"`);
      }
      reply.send(content);
    },
  }),
];

function office({ store, keyring: keys, clock }: Desk) {
  return attendanceOffice({ store, keys, clock });
}

const peopleInOneGo = 20;

/** Person by person, and others are served in between. */
async function* reported(desk: Desk, query: AttendanceQuery): AsyncGenerator<Attendance> {
  let count = 0;
  for await (const attendance of office(desk).report(query)) {
    yield attendance;
    count += 1;
    if (count % peopleInOneGo === 0) await breathe();
  }
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}
