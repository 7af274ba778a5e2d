import { z } from 'zod';
import type { Entry } from '../../attendance/facts.ts';
import { inForce } from '../../attendance/ledger.ts';
import type { PlanSaid } from '../../attendance/plan-version.ts';
import { attendanceOffice } from '../../hub/attendance-office.ts';
import { sayAndFollow } from '../../hub/group-moves.ts';
import { namesOf } from '../../hub/people-names.ts';
import { entrySaid, entryTold } from '../answers/attendance.ts';
import { personId } from '../answers/people.ts';
import { reason } from '../answers/reason.ts';
import { everybody, operators } from '../roles.ts';
import { type Route, route } from '../route.ts';

/** What the office says about punches and days. Nothing of it alters a punch, and all of it can be taken back. */
export const attendanceEntryRoutes: readonly Route[] = [
  route({
    ...{
      method: 'GET',
      path: '/api/attendance/entries',
      may: everybody,
      says: 'Everything that was said about people and plans, newest first',
    },
    query: z.object({
      person: personId.optional(),
      limit: z.coerce.number().int().min(1).max(1000).default(200),
    }),
    answer: z.object({ entries: z.array(entryTold), total: z.number() }),
    handle: async ({ query: { person, limit } }, { store, keyring: keys, clock }) => {
      const { statements } = attendanceOffice({ store, keys, clock });
      const entries = await (person === undefined ? statements.all() : statements.entries([person]));
      const counts = new Set(inForce(entries).map(({ id }) => id));
      const newest = entries.toReversed().slice(0, limit);
      const about = newest.flatMap((entry) => (entry.about === null ? [] : [entry.about]));
      const names = new Map(Object.entries(await namesOf(store.db, [...new Set(about)])));
      const told = newest.map((entry) => ({ ...toldOf(entry, names), inForce: counts.has(entry.id) }));
      return { entries: told, total: entries.length };
    },
  }),
  route({
    ...{
      method: 'POST',
      path: '/api/attendance/entries',
      may: operators,
      says: 'Say something about punches, days or groups',
    },
    body: z.object({ said: entrySaid, reason }),
    answer: z.object({ id: z.string() }),
    audit: {
      action: 'attendance.entered',
      target: ({ body: { said } }) => ('personId' in said ? said.personId : null),
      detail: ({ body: { said } }) => ({ kind: said.kind }),
      outcome: ({ id }) => ({ entry: id }),
    },
    handle: async ({ body: { said, reason }, who }, { hub, store, keyring: keys, clock }) => {
      const { work, ...rest } = { work: undefined, ...said };
      const whole = work === undefined ? rest : { ...rest, work };
      const plain = whole as Parameters<ReturnType<typeof attendanceOffice>['say']>[0];
      const office = attendanceOffice({ store, keys, clock });
      const { entry } = await sayAndFollow({ hub, store, office, clock }, plain, { author: who.name, reason });
      return { id: entry };
    },
  }),
];

function toldOf(entry: Entry | PlanSaid, names: ReadonlyMap<string, string>) {
  const { id, recordedAt, author, reason } = entry;
  const common = { id, recordedAt, author, reason };
  if (entry.about === null) {
    const { from = null } = entry.kind === 'plan' ? entry : {};
    const said = entry.kind === 'plan' ? { kind: entry.kind, from } : { kind: entry.kind, entry: entry.entry };
    return { ...common, person: null, said };
  }
  const { id: _id, recordedAt: _at, author: _who, reason: _why, about, ...said } = entry;
  return { ...common, person: { id: about, name: names.get(about) ?? about }, said };
}
