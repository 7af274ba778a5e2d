import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { LowdbGalleryStore } from '../../../src/gallery/lowdb-store.ts';
import { openHubStore } from '../../../src/hub/hub-store.ts';
import { canonicalJson } from '../../../src/journal/chain.ts';
import { openJournalReader } from '../../../src/journal/sqlite-reader.ts';
import { bucketDigests, stampsOf } from '../../../src/sync/digest.ts';

/** What hub and terminal do not agree on, read from their files beside them; nothing when all is well. */
export async function disagreements(folder: string, terminals: readonly string[]): Promise<string[]> {
  const store = await openHubStore(join(folder, 'hub.db'));
  const wrongs: string[] = [];
  try {
    const digests = bucketDigests(await store.stamps());
    const people = (await store.people()).sort((a, b) => (a.id < b.id ? -1 : 1));
    const gaps = await store.db.selectFrom('gaps').selectAll().execute();
    if (gaps.length > 0) wrongs.push(`the hub noted gaps: ${JSON.stringify(gaps)}`);
    for (const terminal of terminals) {
      const file = join(folder, terminal, 'gallery.json');
      const stored = await new LowdbGalleryStore({ file, key: Buffer.alloc(32, 7) }).read();
      const held = stored === null ? null : bucketDigests(stampsOf(stored.snapshot));
      if (!isDeepStrictEqual(held, digests)) wrongs.push(`${terminal}: gallery ${stored?.snapshot.version} differs`);
      else if (!isDeepStrictEqual(stored?.snapshot.people, people)) wrongs.push(`${terminal}: people differ`);
      const journal = openJournalReader(join(folder, terminal, 'journal.db'));
      const rows = journal.after(0, 1e6).map((event) => canonicalJson(event));
      if (journal.verify().brokenAt !== null) wrongs.push(`${terminal}: the chain is broken`);
      if (journal.acknowledgedSeq !== journal.lastSeq) wrongs.push(`${terminal}: not all is acknowledged`);
      journal.close();
      const events = store.db.selectFrom('events').select('row').where('terminal', '=', terminal).orderBy('seq');
      const had = (await events.execute()).map(({ row }) => canonicalJson(JSON.parse(row)));
      if (!isDeepStrictEqual(had, rows))
        wrongs.push(`${terminal}: ${had.length} events at the hub, ${rows.length} here`);
    }
  } finally {
    await store.close();
  }
  return wrongs;
}

/** What a process said that may not be: an event that is gone, an act twice or late. */
export function wrongsSaid(folder: string, terminal: string, lines: readonly string[]): string[] {
  const journal = openJournalReader(join(folder, terminal, 'journal.db'));
  const kept = new Map(journal.after(0, 1e6).map(({ seq, hash }) => [seq, hash]));
  const accepted = new Set(
    journal
      .after(0, 1e6)
      .flatMap(({ kind, body }) => (kind === 'command.accepted' ? [(body as { id: string }).id] : [])),
  );
  journal.close();
  const acted = new Set<string>();
  const wrongs: string[] = [];
  for (const line of lines) {
    const [what, first = '', second = '', leftMs = ''] = line.split(' ');
    if (what === 'event' && kept.get(Number(first)) !== second) wrongs.push(`${terminal}: event ${first} is lost`);
    if (what !== 'act') continue;
    if (acted.has(second)) wrongs.push(`${terminal}: ${first} ${second} twice`);
    acted.add(second);
    if (!accepted.has(second)) wrongs.push(`${terminal}: ${first} ${second} without an event`);
    // What cannot let anybody in is judged in time, and carried out however slow the disk is.
    if (Number(leftMs) <= 0 && (first === 'unlock' || first === 'release'))
      wrongs.push(`${terminal}: ${first} ${leftMs} ms late`);
  }
  return wrongs;
}
