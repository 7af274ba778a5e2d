import type { Kysely } from 'kysely';
import type { Entry, Punch } from '../attendance/facts.ts';
import { type LedgerPunch, ledgerOf } from '../attendance/ledger.ts';
import type { PunchNow } from '../payroll/target.ts';
import type { HubTables } from './hub-schema.ts';
import { punchesOf } from './punch-book.ts';
import type { StatementBook } from './statement-book.ts';

/** What is known at the moment about some people's punches. */
export interface PunchesNow {
  /** As it counts now; `null` for an id that is no punch of theirs. */
  of(punchId: string): PunchNow | null;
  /** When it was recorded, and when it really was, of a punch of a terminal. */
  recorded(punchId: string): Punch | null;
  /** Which punch an entry is about; `null` for leave and approvals. */
  about(entry: Entry): string | null;
}

/** Look at punches with everything that was said about them until now. */
export async function punchesNow(
  { db, statements }: { readonly db: Kysely<HubTables>; readonly statements: StatementBook },
  { personIds, ids }: { readonly personIds: readonly string[]; readonly ids: readonly string[] },
): Promise<PunchesNow> {
  if (personIds.length === 0) return { of: () => null, recorded: () => null, about: () => null };
  const entries = await statements.entries(personIds);
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const mentioned = [...ids, ...entries.flatMap((entry) => punchOf(entry, byId) ?? [])];
  const wanted = [...new Set(mentioned.filter((id) => id.includes(':')))];
  const punches = await punchesOf(db, { ids: wanted });
  const recorded = new Map(punches.map((punch) => [punch.id, punch]));
  const ledger = new Map(ledgerOf({ punches, entries }).punches.map((punch) => [punch.id, punch]));
  return {
    of: (id) => {
      const counts = ledger.get(id);
      if (counts !== undefined) return now(counts);
      const gone = recorded.get(id) ?? added(byId.get(id));
      return gone === null ? null : { ...gone, at: null };
    },
    recorded: (id) => recorded.get(id) ?? null,
    about: (entry) => punchOf(entry, byId),
  };
}

/** A reversal is about what it reverses; an entry that adds a punch is that punch. */
function punchOf(entry: Entry, byId: ReadonlyMap<string, Entry>): string | null {
  if (entry.kind === 'add') return entry.id;
  if (entry.kind === 'reverse') {
    const about = byId.get(entry.entry);
    return about === undefined ? null : punchOf(about, byId);
  }
  return 'punch' in entry ? entry.punch : null;
}

/** From an unset clock nobody knows when it was, until the clock is put right or somebody says it. */
function now({ id, personId, terminal, code, clock, at, corrected }: LedgerPunch): PunchNow {
  const when = clock === 'unsynced' && corrected === undefined ? null : (corrected?.at ?? at);
  return { id, personId, terminal, code, at: when };
}

function added(entry: Entry | undefined): PunchNow | null {
  if (entry?.kind !== 'add') return null;
  const { id, personId, code } = entry;
  return { id, personId, terminal: null, code, at: null };
}
