import type { Kysely } from 'kysely';
import type { HubTables } from './hub-schema.ts';

/** When something was that a terminal dated by an unset clock; `null` where nobody can say. */
export type Correction = (dated: {
  readonly terminal: string;
  readonly seq: number;
  readonly at: string;
}) => { readonly at: string; readonly reason: string } | null;

interface Step {
  readonly seq: number;
  /** Milliseconds by which the clock was put forward; `null` where the terminal was started: nothing reaches behind that. */
  readonly byMs: number | null;
}

/**
 * What terminals said of their clocks. A clock that was put right moves everything before it in the same run by as much:
 * from an unset clock, only the differences are true.
 */
export async function clockCorrections(db: Kysely<HubTables>, terminals: readonly string[]): Promise<Correction> {
  const steps = new Map<string, Step[]>();
  for (const terminal of terminals) steps.set(terminal, await stepsOf(db, terminal));
  return ({ terminal, seq, at }) => {
    const later = (steps.get(terminal) ?? []).filter((step) => step.seq > seq);
    const end = later.findIndex(({ byMs }) => byMs === null);
    const own = end === -1 ? later : later.slice(0, end);
    if (own.length === 0) return null;
    const byMs = own.reduce((sum, step) => sum + (step.byMs as number), 0);
    const reason = `the clock of ${terminal} was not set; event ${own.at(-1)?.seq} put it right by ${Math.round(byMs / 1000)} s`;
    return { at: new Date(Date.parse(at) + byMs).toISOString(), reason };
  };
}

async function stepsOf(db: Kysely<HubTables>, terminal: string): Promise<Step[]> {
  const rows = await db
    .selectFrom('events')
    .select(['seq', 'kind', 'row'])
    .where('kind', 'in', ['clock.stepped', 'terminal.started'])
    .where('terminal', '=', terminal)
    .orderBy('seq')
    .execute();
  return rows.map(({ seq, kind, row }) => {
    const { byMs } = (JSON.parse(row) as { body: { byMs?: unknown } }).body;
    return { seq: Number(seq), byMs: kind === 'clock.stepped' && typeof byMs === 'number' ? byMs : null };
  });
}
