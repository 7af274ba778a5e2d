import type { DoorAlarm } from './door-state.ts';
import type { GalleryTrust } from './gallery-trust.ts';
import type { MeaningSource, PunchDirection } from './punch.ts';
import type { DenialReason, Evidence } from './verdict.ts';

/** What can happen, and what is written down about it. Bodies hold JSON values only. */
export interface EventBodies {
  'terminal.started': { version: string; pack: string; embedder: string; galleryVersion: number; people: number };
  'terminal.stopped': { cause: string };
  'camera.started': { camera: string };
  'camera.stalled': { camera: string; code: string; reason: string; retryInMs: number };
  'camera.recovered': { camera: string; silentMs: number };
  'frame.unreadable': { code: string; reason: string };
  'vision.failed': { code: string; reason: string };
  'verdict.granted': { personId: string; name: string; evidence: Evidence };
  'verdict.denied': { reason: DenialReason; personId: string | null; evidence: Evidence };
  /** `work`: what is worked on, where the site tells kinds of work apart. */
  'punch.recorded': {
    personId: string;
    name: string;
    direction: PunchDirection;
    work?: string;
    /** Who said what it means. Absent in a row of an older limen, like `verifiedBy`. */
    by?: MeaningSource;
    /** What proved who it was: `face`, `card`, `pin`. */
    verifiedBy?: readonly string[];
    /** The face was refused for this, and a card or a PIN took its place, because the site allows that. */
    afterRefusal?: DenialReason;
    evidence: Evidence;
  };
  /** Somebody was verified, and there is no punch of it. `recordedAt`: when the punch was that it would have doubled. */
  'punch.not-recorded': {
    personId: string;
    name: string;
    reason: 'already-recorded' | 'not-chosen';
    direction?: PunchDirection;
    work?: string;
    recordedAt?: string;
  };
  /** What somebody did through the terminal's own console: never a secret, and of people nothing but ids. */
  'console.deed': {
    account: string;
    action: string;
    target: string | null;
    detail: Readonly<Record<string, unknown>>;
  };
  /** An opening is asked of the lock process. */
  'door.requested': { cause: string; personId: string | null };
  /** Somebody leaves by a handle that opens by itself. */
  'door.exit-requested': { cause: string };
  /** An opening, or free access, was asked for in lockdown. */
  'door.refused': { cause: string; personId: string | null; reason: string };
  'door.unlocked': { cause: string; personId: string | null; pulseMs: number };
  'door.locked': { cause: string; openMs: number };
  /** The door leaf moved; only where there is a contact. */
  'door.opened': { cause: string; personId: string | null };
  'door.closed': { cause: string; openMs: number };
  /** Somebody was let in and did not open the door; only where there is a contact. */
  'door.unused': { cause: string; personId: string | null };
  /** Open for too long: the buzzer sounds, the alarm follows. */
  'door.pre-alarm': { cause: string; openMs: number };
  'door.alarm-raised': { alarm: DoorAlarm; cause: string };
  'door.alarm-cleared': { alarm: DoorAlarm; cause: string; afterMs: number };
  /** Free access began, and ended. */
  'door.hold-begun': { cause: string };
  'door.hold-ended': { cause: string };
  'door.locked-down': { cause: string };
  'door.lifted': { cause: string };
  'door.fault': { code: string; reason: string };
  /** The lock process is back, and the line is at rest; or an input can be read again. */
  'door.recovered': { cause: string };
  /** `withoutFace`: how many of the people; an older limen does not say. */
  'gallery.updated': {
    version: number;
    people: number;
    withoutFace?: number;
    added: number;
    changed: number;
    removed: number;
  };
  /** Everybody can be known by the next pack: the terminal changes over to it. */
  'gallery.embedder-ready': { embedder: string; before: string; version: number };
  /** Nothing of this person is left in the gallery's files. `version` is that of the tombstone. */
  'gallery.erased': { personId: string; version: number };
  /** Somebody is known without a face from now on: nothing of it is left in the gallery's files. */
  'gallery.face-erased': { personId: string; version: number };
  'gallery.refused': { code: string; reason: string; topic: string };
  'gallery.recovered': { code: string; reason: string; version: number };
  /** How many people are missing, the first twenty of them, and in how many of 256 parts it is not known who. */
  'gallery.incomplete': { version: number; missing: number; people: readonly string[]; buckets: number };
  /** The hub has not confirmed the gallery in time; what it still allows. Once for each step. */
  'gallery.expired': { version: number; expiresAt: string; allows: 'working' | 'second-factor' | 'none' };
  /** It has again. `after`: what was allowed until now. */
  'gallery.renewed': { version: number; expiresAt: string | null; after: GalleryTrust };
  'command.accepted': CommandSaid & { issuedAt: string; args?: Readonly<Record<string, unknown>> };
  /** `id` and the rest are `null` for what could not be read, or was not the hub's. `why` tells the refusal. */
  'command.refused': { [K in keyof CommandSaid]: CommandSaid[K] | null } & { code: string; why: string };
  /** Without a clock nobody knows whether it is new: it was not carried out, and the hub was asked to prove it. */
  'command.challenged': CommandSaid & { why: string };
  'command.done': CommandSaid;
  'command.failed': CommandSaid & { code: string; why: string };
  /** Which commands were carried out before is not known: those issued until now are refused. */
  'command.memory-lost': { code: string; why: string };
  /** Somebody let in really went through: here, or `heardFrom` another terminal of the site. */
  'access.passed': {
    personId: string;
    /** Anti-passback area -> the side that the terminal leads to. */
    sides: Readonly<Record<string, 'in' | 'out'>>;
    /** `at` is when it was there, where that can be compared with this terminal's own clock; left out, when it was heard. */
    heardFrom?: { terminal: string; seq: number; at?: string };
  };
  /** A second factor is waited for. */
  'access.factor-asked': { personId: string; accept: readonly string[]; withinMs: number };
  /** A card or a PIN says who it is; the face has yet to agree. */
  'access.claimed': { personId: string; factors: readonly string[] };
  /** `waits`: whose failures this counts as, and for how long each is refused from now on, in milliseconds. */
  'access.factor-refused': {
    factor: 'card' | 'pin';
    personId: string | null;
    reason: string;
    waits: Readonly<Record<string, number>>;
  };
  'access.factor-proven': { personId: string; factor: 'card' | 'pin'; keys: readonly string[] };
  /** Silent: nothing at the door shows it. */
  'access.duress': { personId: string };
  /** Let through against a soft anti-passback rule. */
  'access.anti-passback': { personId: string; rule: string; says: string };
  /** An interlocked door was found open while this one was unlocked: what was granted is taken back; `opened`: too late. */
  'access.interlock-met': { name: string; other: string; opened: boolean };
  'access.reset': { what: 'anti-passback' | 'lock-out'; personId: string | null; cause: string };
  'access.free-access-begun': { name: string; occurrence: string; personId: string | null };
  'access.free-access-ended': { name: string; occurrence: string };
  /** Free access does not begin; `clock-unset`: no time server has set the clock since the start. Told once. */
  'access.free-access-waiting': { names: readonly string[]; reason: 'clock-unset' };
  'access.rules-updated': { version: number; rules: number };
  'access.rules-refused': { code: string; reason: string; topic: string };
  'access.rules-recovered': { code: string; reason: string; version: number };
  'access.reader-failed': { reader: string; code: string; reason: string };
  'access.reader-recovered': { reader: string };
  /** The hub changed keys: which this terminal holds from now on, by name. */
  'keys.updated': { sequence: number; hub: readonly string[]; site: readonly string[] };
  /** This terminal signs with a new key of its own from now on, of that name. */
  'keys.renewed': { key: string };
  /** Another hub has taken the place of the one before; where that one's gallery and rules are now. */
  'keys.hub-replaced': { folder: string | null; files: readonly string[] };
  'keys.refused': { code: string; reason: string; topic: string };
  'broker.connected': { url: string };
  'broker.lost': { url: string; reason: string };
  /**
   * Events after `keptUpTo` and before this one are lost and will never come; 0 when none before it is kept. With the
   * code `journal.renumbered` they come after it, under new numbers: what may be lost is of a journal before, up to
   * `above`.
   */
  'journal.recovered': { code: string; reason: string; keptUpTo: number; above?: number };
  'clock.stepped': { byMs: number };
  /** The system says from now on that the clock is right: so it was since its last step, or since the start. */
  'clock.synced': Record<string, never>;
}

/** What every event about a command says of it. `reason` is the issuer's. */
export interface CommandSaid {
  readonly id: string;
  readonly verb: string;
  readonly reason: string | null;
  readonly issuer: string;
}

export type EventKind = keyof EventBodies;

/** How far the wall clock can be trusted: a Pi has no battery-backed clock, so after a power cut it may be wrong. */
export type ClockQuality = 'synced' | 'unsynced';

/** A journal row, and the very same thing on the wire. */
export interface LimenEvent<K extends EventKind = EventKind> {
  /** Counts up by one per terminal, without a gap. Order is by `seq`, never by time. */
  readonly seq: number;
  /** ULID, unique across terminals. */
  readonly id: string;
  readonly terminal: string;
  /** ISO 8601, UTC, milliseconds. */
  readonly at: string;
  readonly clock: ClockQuality;
  readonly kind: K;
  readonly body: EventBodies[K];
  /** SHA-256 (hex) of the previous row; 64 zeros for the first. */
  readonly previousHash: string;
  /** SHA-256 (hex) of this row, everything above included. */
  readonly hash: string;
}

/** What a room hands over when something happened; the journal adds the rest. */
export type Occurrence = { [K in EventKind]: { readonly kind: K; readonly body: EventBodies[K] } }[EventKind];

/** Where rooms report what happened. Returns when the event is durable. */
export type Report = (occurrence: Occurrence) => void;
