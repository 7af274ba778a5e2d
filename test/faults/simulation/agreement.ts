import { isDeepStrictEqual } from 'node:util';
import type { LimenEvent } from '../../../src/domain/event.ts';
import { canonicalJson } from '../../../src/journal/chain.ts';
import { bucketDigests, galleryDigest, stampsOf } from '../../../src/sync/digest.ts';
import type { Day } from './day.ts';

/** What hub and terminals do not agree on; nothing when all is well. One sentence each. */
export async function disagreements({ hub, terminals }: Day): Promise<string[]> {
  const store = hub.running?.store;
  if (store === undefined) return ['the hub is down'];
  const digest = galleryDigest(bucketDigests(await store.stamps()));
  const people = (await store.people()).sort((a, b) => (a.id < b.id ? -1 : 1));
  const rules = await store.db.selectFrom('rules').selectAll().orderBy('version', 'desc').executeTakeFirst();
  const wrongs: string[] = [];
  for (const { name, disk, inForce, truth } of terminals) {
    const wrong = (what: string) => wrongs.push(`${name}: ${what}`);
    const version = (await store.state()).version;
    if (version > 0 && (inForce === null || galleryDigest(bucketDigests(stampsOf(inForce))) !== digest)) {
      wrong(`gallery ${inForce?.version} in force, the hub has ${version}`);
    } else if (version > 0 && !isDeepStrictEqual(inForce?.people, people)) wrong('people differ under equal digests');
    if (inForce !== disk.gallery) wrong('what is in force is not what is on the disk');
    if ((disk.rules?.version ?? 0) !== (rules?.version ?? 0))
      wrong(`rules ${disk.rules?.version}, not ${rules?.version}`);
    const reached = await store.db.selectFrom('terminals').select('seq').where('terminal', '=', name).execute();
    if ((reached[0]?.seq ?? 0) !== (truth.at(-1)?.seq ?? 0)) wrong(`${reached[0]?.seq} of ${truth.length} at the hub`);
    if (disk.acknowledged !== (truth.at(-1)?.seq ?? 0)) wrong(`${disk.acknowledged} of ${truth.length} acknowledged`);
  }
  return wrongs;
}

/** What must never have happened, however the day went. */
export async function wrongs(day: Day): Promise<string[]> {
  const { hub, terminals } = day;
  const store = hub.running!.store;
  const found: string[] = [];
  const gaps = await store.db.selectFrom('gaps').selectAll().execute();
  if (gaps.length > 0) found.push(`the hub noted gaps: ${JSON.stringify(gaps)}`);
  for (const { name, truth, acts } of terminals) {
    const rows = await store.db
      .selectFrom('events')
      .select('row')
      .where('terminal', '=', name)
      .orderBy('seq')
      .execute();
    const had = rows.map(({ row }) => canonicalJson(JSON.parse(row)));
    const written = truth.map((event) => canonicalJson(event));
    if (!isDeepStrictEqual(had, written))
      found.push(`${name}: ${had.length} events at the hub, ${written.length} written`);
    const seen = new Set<string>();
    for (const { command, verb, atMs, clockWasTrue } of acts) {
      const opens = verb === 'unlock' || verb === 'release';
      if (seen.has(command.id)) found.push(`${name}: ${verb} ${command.id} was carried out twice`);
      seen.add(command.id);
      const accepted = truth.find((event) => isAcceptanceOf(command.id, event));
      if (accepted === undefined) found.push(`${name}: ${verb} ${command.id} was carried out without an event before`);
      // What opens is never late; what cannot let anybody in is judged in time, however slow the disk is afterwards.
      const judgedMs = opens ? atMs : clockWasTrue ? Date.parse(accepted?.at ?? '') : 0;
      const lateByMs = judgedMs - Date.parse(command.expiresAt);
      if (lateByMs >= 0) found.push(`${name}: ${verb} was carried out ${lateByMs} ms late`);
      const isForHere = command.audience === name || command.audience === '*';
      if (!isForHere) found.push(`${name}: ${verb} was for ${command.audience}`);
    }
  }
  for (const [event, times] of hub.handedOn) if (times > 1) found.push(`event ${event} was handed on ${times} times`);
  for (const record of hub.returned.values()) {
    const stored = await store.db.selectFrom('people').select('version').where('id', '=', record.id).executeTakeFirst();
    if ((stored?.version ?? 0) < record.version)
      found.push(`the change ${record.version} of ${record.id} returned and is lost`);
  }
  return found;
}

function isAcceptanceOf(commandId: string, { kind, body }: LimenEvent): boolean {
  return kind === 'command.accepted' && (body as { id: string }).id === commandId;
}
