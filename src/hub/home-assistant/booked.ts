import type { Kysely } from 'kysely';
import type { DoorAlarm } from '../../domain/door-state.ts';
import type { EventBodies } from '../../domain/event.ts';
import type { HubTables } from '../hub-schema.ts';
import { alarms } from './discovery.ts';
import type { BookedFacts } from './state.ts';

/** Far enough back for every alarm that still stands, and no further: a busy door has millions of events. */
const lookBack = 2000;

/** What the hub's books say about a terminal's door. With several hub processes, whichever stored the events. */
export async function bookedFacts(db: Kysely<HubTables>, terminal: string): Promise<BookedFacts> {
  const last = await db.selectFrom('terminals').select('seq').where('terminal', '=', terminal).executeTakeFirst();
  const rows = await db
    .selectFrom('events')
    .select(['kind', 'row'])
    .where('terminal', '=', terminal)
    .where('seq', '>', Number(last?.seq ?? 0) - lookBack)
    .where('kind', 'in', [
      ...['door.alarm-raised', 'door.alarm-cleared', 'door.opened', 'door.closed', 'verdict.granted'],
      'terminal.started',
    ])
    .orderBy('seq')
    .execute();
  const standing = new Set<DoorAlarm>();
  let hasContact = false;
  let lastGrant: BookedFacts['lastGrant'] = null;
  for (const { kind, row } of rows) {
    const { body, at } = JSON.parse(row) as { body: unknown; at: string };
    if (kind === 'door.opened' || kind === 'door.closed') hasContact = true;
    // A start raises again what still stands.
    else if (kind === 'terminal.started') standing.clear();
    else if (kind === 'verdict.granted') {
      const { name, personId } = body as EventBodies['verdict.granted'];
      lastGrant = { name, personId, at };
    } else {
      const { alarm } = body as EventBodies['door.alarm-raised'];
      if (!alarms.includes(alarm)) continue;
      if (kind === 'door.alarm-raised') standing.add(alarm);
      else standing.delete(alarm);
    }
  }
  return { alarms: [...standing], hasContact, lastGrant };
}
