/** The hub's tables, as Kysely sees them; `migrations/` makes them. Times are ISO 8601 text, templates int8 blobs. */
export interface HubTables {
  meta: { key: 'schema' | 'lineage' | 'version' | 'roster' | 'resumed' | 'overtaken' | 'outrun'; value: string };
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
  /** In which groups somebody is since when (ISO 8601 UTC; empty: always). Absent for whoever is erased. */
  group_history: { person_id: string; since: string; groups: string };
  templates: { person_id: string; position: number; model: string; scale: number; data: Uint8Array };
  /** Which picture a template was made of, by its file name; people enrolled by an older limen have none. */
  /** Whose face was erased while they stay enrolled: since when, by which version. Absent once there is one again. */
  face_erasures: { person_id: string; version: number; erased_at: string };
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
    /** `personId` of its body, where it has one. */
    person_id: string | null;
  };
  /** How far a terminal's events are here without a hole. */
  terminals: { terminal: string; seq: number; hash: string };
  /** Events that are known to exist and will not come any more: acknowledged to an earlier hub, or a broken chain. */
  gaps: { terminal: string; from_seq: number; to_seq: number; reason: string };
  /** Every terminal that was provisioned, with the public halves of its keys (base64url) and what it is known to hold. */
  terminal_keys: {
    terminal: string;
    signing: string;
    /** What it is sent keys under; of the next pair as soon as that is booked, for the terminal has both then. */
    agreement: string;
    /** The signing key that it has made for itself, good beside the other until it is heard under it. */
    next_signing: string | null;
    /** Id of the newest `rotate` that brought it new keys. */
    rotated_by: string | null;
    provisioned_at: string;
    revoked_at: string | null;
    /** JSON: names of the keys in its file, later of those that its own status acknowledged. */
    held: string;
    /** The message that brings it the keys of `sealed_sequence`, as it is published. */
    sealed_sequence: number;
    sealed: string;
  };
  /** Every command that was issued, before it was sent; what became of it is among the terminal's events. */
  commands: {
    id: string;
    /** A terminal, or `*`. */
    audience: string;
    verb: string;
    reason: string | null;
    issuer: string;
    /** JSON; `null` where the verb needed nothing. */
    args: string | null;
    issued_at: string;
    expires_at: string;
  };
  /** The punches among the events, once more: made with them, in one transaction. */
  punches: {
    terminal: string;
    seq: number;
    person_id: string;
    at: string;
    clock: string;
    code: string;
    work: string | null;
    received_at: string;
    /** By what they were known: a JSON list; `null` where an older limen did not say. */
    verified_by: string | null;
    /** Why the face was refused before a card or a PIN took its place. */
    after_refusal: string | null;
  };
  /** What the office said about working time, signed: plans, corrections, leave, approvals. Rows are only ever added. */
  statements: { id: string; kind: string; person_id: string | null; recorded_at: string; jws: string };
  /** Who may sign in to the console, and who may not for now. `password` is a hash with what it was made with. */
  accounts: {
    name: string;
    role: string;
    password: string;
    created_at: string;
    changed_at: string;
    disabled_at: string | null;
  };
  /** Who is signed in; `id` is the SHA-256 of what the browser holds. */
  sessions: { id: string; account: string; created_at: string; seen_at: string };
  /** What was changed through the console, signed by the hub and chained. Rows are only ever added. */
  audit: { id: string; at: string; account: string; action: string; target: string | null; jws: string };
  /** What was begun through the console and is not in `audit` yet; `id` is a ULID, `deed` is JSON. */
  begun_deeds: { id: string; at: string; deed: string };
  /** Who may pass nowhere for now, and the validity that they have again afterwards. */
  suspensions: {
    person_id: string;
    since: string;
    author: string;
    reason: string;
    valid_from: string | null;
    valid_until: string | null;
  };
  /** How far a payroll has what happened: the events of each terminal by `seq`, what the office said by id. */
  payroll_cursors: { target: string; stream: string; position: string };
  /** What a payroll keeps under a name of its own, and what it has refused so far. */
  payroll_items: {
    target: string;
    /** A punch, an entry, or a correction of a clock. */
    item: string;
    person_id: string;
    /** What it is called there, and as what it is there now. */
    remote: string | null;
    sent: string | null;
    /** Why not; `null` for what is there. */
    refused: string | null;
    attempts: number;
    tried_at: string;
  };
}
