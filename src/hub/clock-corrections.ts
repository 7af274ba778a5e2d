import type { Kysely } from 'kysely';
import { type ClockMark, clockMarkKinds, clockMarkOf, putRight } from '../domain/clock-run.ts';
import type { HubTables } from './hub-schema.ts';

/** An instant, ISO 8601 UTC, and how anybody knows. */
export interface ClockFinding {
  readonly at: string;
  readonly reason: string;
}

/** What a terminal dated by a clock that was not set. */
export interface Dated {
  readonly terminal: string;
  readonly seq: number;
  readonly at: string;
}

/** What the hub knows of the clocks of its terminals. */
export interface Clocks {
  /**
   * When something was; `null` where no later event of the same run says anything about its clock.
   *
   * @param until the number of the last event that counts; left out, all do
   */
  corrected(dated: Dated, until?: number): ClockFinding | null;
  /**
   * When it was at the latest, by the event of the same run that came here soonest after its clock said; right to the
   * second where the terminal was connected at any time of the run. A guess for somebody to confirm, never a correction.
   */
  latest(dated: Dated): Promise<ClockFinding | null>;
}

/** What terminals said of their clocks until an instant (ISO 8601 UTC): a clock that was put right later was wrong then. */
export async function clocksOf(
  db: Kysely<HubTables>,
  terminals: readonly string[],
  { until }: { readonly until: string },
): Promise<Clocks> {
  const marks = new Map<string, ClockMark[]>();
  for (const terminal of terminals) marks.set(terminal, await marksOf(db, terminal, until));
  const leads = new Map<string, Promise<number | null>>();
  return {
    corrected({ terminal, seq, at }, until = Number.POSITIVE_INFINITY) {
      const told = (marks.get(terminal) ?? []).filter((mark) => mark.seq <= until);
      const right = putRight(told, seq);
      return right && { at: moved(at, right.byMs), reason: inWords(terminal, right) };
    },
    async latest({ terminal, seq, at }) {
      const starts = (marks.get(terminal) ?? []).filter(({ byMs }) => byMs === null);
      const from = starts.findLast((start) => start.seq <= seq)?.seq ?? 0;
      const to = starts.find((start) => start.seq > seq)?.seq ?? Number.MAX_SAFE_INTEGER;
      const key = `${terminal}:${from}`;
      if (!leads.has(key)) leads.set(key, leadOf(db, { terminal, from, to, until }));
      const byMs = await leads.get(key);
      if (byMs == null) return null;
      const reason = `the hub had an event of that run ${seconds(byMs)} after the clock of ${terminal} said: it was then at the latest`;
      return { at: moved(at, byMs), reason };
    },
  };
}

async function marksOf(db: Kysely<HubTables>, terminal: string, until: string): Promise<ClockMark[]> {
  const rows = await db
    .selectFrom('events')
    .select(['seq', 'kind', 'row'])
    .where('kind', 'in', clockMarkKinds)
    .where('terminal', '=', terminal)
    .where('received_at', '<=', until)
    .orderBy('seq')
    .execute();
  return rows.flatMap(({ seq, kind, row }) => {
    const { body, clock } = JSON.parse(row) as { body: unknown; clock?: unknown };
    return clockMarkOf({ seq: Number(seq), kind, body, clock }) ?? [];
  });
}

/** Events that come often enough, and at once where there is a connection; there are millions of the others. */
const telling = ['broker.connected', 'punch.recorded'] as const;

/** By how much less than any other an event of a run came here after its clock said; `null` where none came. */
async function leadOf(
  db: Kysely<HubTables>,
  { terminal, from, to, until }: { terminal: string; from: number; to: number; until: string },
): Promise<number | null> {
  const rows = await db
    .selectFrom('events')
    .select(['at', 'received_at'])
    .where('terminal', '=', terminal)
    .where('kind', 'in', telling)
    .where('seq', '>=', from)
    .where('seq', '<', to)
    .where('received_at', '<=', until)
    .execute();
  const leads = rows.map(({ at, received_at }) => Date.parse(received_at) - Date.parse(at)).filter(Number.isFinite);
  return leads.reduce<number | null>((least, ms) => (least === null || ms < least ? ms : least), null);
}

function inWords(terminal: string, { byMs, seq }: { readonly byMs: number; readonly seq: number }): string {
  if (byMs === 0) return `the clock of ${terminal} was not known to be right; event ${seq} says that it was`;
  return `the clock of ${terminal} was not set; event ${seq} put it right by ${seconds(byMs)}`;
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}

function moved(at: string, byMs: number): string {
  return new Date(Date.parse(at) + byMs).toISOString();
}
