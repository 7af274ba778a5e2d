import { type Kysely, sql } from 'kysely';

/** The hub's tables, as Kysely sees them. Times are ISO 8601 text, templates int8 blobs. */
export interface HubTables {
  meta: { key: 'schema' | 'lineage' | 'version'; value: string };
  people: {
    id: string;
    /** Empty once erased, like groups and validity: a tombstone keeps the id only. */
    name: string;
    groups: string;
    valid_from: string | null;
    valid_until: string | null;
    version: number;
    bucket: string;
    erased: number;
  };
  /** Beside `people`, whose rows an older limen made: absent for who has none of it. Cards are a JSON list. */
  credentials: {
    person_id: string;
    pin_hash: string | null;
    duress_pin_hash: string | null;
    cards: string;
    extended_pulse: number;
  };
  /** Every version of the rules that was published, the newest in force. */
  rules: { version: number; set_at: string; rules: string };
  templates: { person_id: string; position: number; model: string; scale: number; data: Uint8Array };
  /** Which picture a template was made of, by its file name; people enrolled by an older limen have none. */
  template_pictures: { person_id: string; position: number; name: string };
  events: {
    terminal: string;
    seq: number;
    id: string;
    at: string;
    kind: string;
    hash: string;
    previous_hash: string;
    /** The row as it came, every field of it. */
    row: string;
    received_at: string;
  };
  /** How far a terminal's events are here without a hole. */
  terminals: { terminal: string; seq: number; hash: string };
  /** Events that are known to exist and will not come any more: acknowledged to an earlier hub, or a broken chain. */
  gaps: { terminal: string; from_seq: number; to_seq: number; reason: string };
  /** Every command that was issued, before it was sent; what became of it is among the terminal's events. */
  commands: {
    id: string;
    /** A terminal, or `*`. */
    audience: string;
    verb: string;
    reason: string | null;
    issuer: string;
    issued_at: string;
    expires_at: string;
  };
}

/** Raised with every change of the tables. */
export const schemaVersion = 3;

/** Create the tables that a database has not yet: all of an empty one, the new ones of an older limen's. */
export async function createTables(db: Kysely<HubTables>): Promise<void> {
  for (const statement of [
    sql`create table if not exists meta (key text primary key, value text not null) strict`,
    sql`create table if not exists people (
      id text primary key, name text not null, groups text not null, valid_from text, valid_until text,
      version integer not null unique, bucket text not null, erased integer not null) strict`,
    sql`create table if not exists credentials (
      person_id text primary key references people (id), pin_hash text, duress_pin_hash text,
      cards text not null, extended_pulse integer not null) strict`,
    sql`create table if not exists rules (version integer primary key, set_at text not null, rules text not null) strict`,
    sql`create index if not exists people_by_bucket on people (bucket)`,
    sql`create table if not exists templates (
      person_id text not null references people (id), position integer not null, model text not null,
      scale real not null, data blob not null, primary key (person_id, position)) strict`,
    sql`create table if not exists template_pictures (
      person_id text not null references people (id), position integer not null, name text not null,
      primary key (person_id, position)) strict`,
    sql`create table if not exists events (
      terminal text not null, seq integer not null, id text not null, at text not null, kind text not null,
      hash text not null, previous_hash text not null, row text not null, received_at text not null,
      primary key (terminal, seq)) strict, without rowid`,
    sql`create table if not exists terminals (terminal text primary key, seq integer not null, hash text not null) strict`,
    sql`create table if not exists gaps (
      terminal text not null, from_seq integer not null, to_seq integer not null, reason text not null,
      primary key (terminal, from_seq)) strict`,
    sql`create table if not exists commands (
      id text primary key, audience text not null, verb text not null, reason text, issuer text not null,
      issued_at text not null, expires_at text not null) strict`,
  ]) {
    await statement.execute(db);
  }
}
