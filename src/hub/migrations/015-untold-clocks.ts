import { type Kysely, type Migration, sql } from 'kysely';

/**
 * What payrolls were told wrong, or not at all, of clocks is told again, each once: until now nobody told them that a clock
 * was found to be right, and a step of a clock that was right already moved punches that were right. It is put among what
 * was refused, which is told again at once; what turns out to be there already, or before what is told at all, is left.
 */
export const untoldClocks: Migration = {
  up: async (db: Kysely<unknown>) => {
    const why = sql.lit('not told by an earlier limen');
    const longAgo = sql.lit('1970-01-01T00:00:00.000Z');
    await sql`update payroll_items set refused = ${why}, attempts = 1, tried_at = ${longAgo}
      where refused is null and item in
        (select terminal || ':' || seq from punches where clock = 'unsynced')`.execute(db);
    await sql`insert into payroll_items (target, item, person_id, refused, attempts, tried_at)
      select reached.target, punches.terminal || ':' || punches.seq || '@' || vouched.terminal || ':' || vouched.seq,
        punches.person_id, ${why}, 1, ${longAgo}
      from payroll_cursors as reached
      join events as vouched on reached.stream = 'terminal/' || vouched.terminal and vouched.kind = 'clock.synced'
        and vouched.seq <= cast(reached.position as bigint)
      join punches on punches.terminal = vouched.terminal and punches.clock = 'unsynced' and punches.seq < vouched.seq
      where not exists (select 1 from events as between_them
        where between_them.terminal = vouched.terminal and between_them.kind in ('terminal.started', 'clock.synced')
        and between_them.seq > punches.seq and between_them.seq < vouched.seq)
      on conflict do nothing`.execute(db);
  },
};
