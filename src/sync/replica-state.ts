import type { ErrorCode } from '../domain/errors.ts';
import type { Person } from '../domain/person.ts';
import type { GallerySnapshot } from '../gallery/gallery-store.ts';
import { bucketCount, bucketDigest, bucketName, bucketOf } from './digest.ts';
import type { GalleryRecord, Head } from './messages.ts';

/** One of the 256 parts of a gallery. */
interface Bucket {
  /** In force. */
  readonly held: ReadonlyMap<string, GalleryRecord>;
  /** Received and newer than what is in force; waits for a head that covers it. */
  readonly staged: ReadonlyMap<string, GalleryRecord>;
  /** The records known here are exactly those the head speaks of. */
  readonly complete: boolean;
}

/** What a terminal knows about its gallery: a value, never changed in place. */
export interface ReplicaState {
  /** What is in force: lineage (`null` before the first sync), version and embedder. */
  readonly held: { readonly lineage: string | null; readonly version: number; readonly embedder: string };
  /** The newest head that was accepted since the start. */
  readonly head: Head | null;
  readonly buckets: readonly Bucket[];
}

/** A message that has already been proven to come from the hub. */
export type ReplicaMessage =
  | { readonly kind: 'head'; readonly head: Head; readonly now: Date }
  | { readonly kind: 'record'; readonly record: GalleryRecord };

/** What is to be done about a message. */
export type ReplicaEffect =
  | { readonly kind: 'save'; readonly snapshot: GallerySnapshot }
  | { readonly kind: 'refuse'; readonly code: ErrorCode; readonly reason: string };

interface Step {
  readonly state: ReplicaState;
  readonly effects: readonly ReplicaEffect[];
}

/** The state of a terminal that has `snapshot` on its disk, or nothing yet. */
export function replicaState(snapshot: GallerySnapshot | null): ReplicaState {
  const members = Array.from({ length: bucketCount }, () => new Map<string, GalleryRecord>());
  const lineage = snapshot?.lineage ?? null;
  for (const person of snapshot?.people ?? []) {
    const { id, version } = person;
    members[bucketOf(id)]!.set(id, { kind: 'person', lineage: lineage as string, id, version, person });
  }
  for (const [id, version] of Object.entries(snapshot?.erased ?? {})) {
    members[bucketOf(id)]!.set(id, { kind: 'erased', lineage: lineage as string, id, version });
  }
  return {
    held: { lineage, version: snapshot?.version ?? 0, embedder: snapshot?.embedder ?? '' },
    head: null,
    buckets: members.map((held) => ({ held, staged: new Map(), complete: false })),
  };
}

/**
 * The whole protocol of the gallery: a state and a message give the next state and what to do.
 *
 * - A version comes into force as a whole, once every record its head speaks of is here, in whatever order, however
 *   often they came.
 * - A tombstone takes effect at once, before its head: an erased person must not be let in meanwhile.
 * - Nothing ever goes back: not the version, not a person, not the lineage.
 */
export function step(state: ReplicaState, message: ReplicaMessage): Step {
  return message.kind === 'head' ? takeHead(state, message.head, message.now) : takeRecord(state, message.record);
}

/** Buckets (by name) in which something the head speaks of is missing, and how many people that is, as far as known. */
export function missing(state: ReplicaState): { readonly buckets: string[]; readonly people: number } {
  if (state.head === null) return { buckets: [], people: 0 };
  const buckets = state.buckets.flatMap(({ complete }, i) => (complete ? [] : [bucketName(i)]));
  const { head } = state;
  let known = 0;
  for (const bucket of state.buckets) for (const { kind } of covered(bucket, head)) if (kind === 'person') known++;
  // Counts alone cannot tell a person who is missing from one who is outdated: each such bucket lacks at least one.
  return { buckets, people: Math.max(buckets.length, head.count - known) };
}

/** What is in force, as plain data. */
export function snapshotOf(state: ReplicaState): GallerySnapshot {
  const people: Person[] = [];
  const erased: Record<string, number> = {};
  for (const { held } of state.buckets) {
    for (const record of held.values()) {
      if (record.kind === 'person') people.push(record.person);
      else erased[record.id] = record.version;
    }
  }
  const { lineage, version, embedder } = state.held;
  return { lineage: lineage ?? '', version, embedder, people: people.sort((a, b) => (a.id < b.id ? -1 : 1)), erased };
}

function takeHead(state: ReplicaState, head: Head, now: Date): Step {
  const { held } = state;
  const lineage = lineageOf(state);
  if (lineage !== null && head.lineage !== lineage) {
    return refuse(state, 'gallery.foreign-lineage', `The head belongs to lineage ${head.lineage}, not ${lineage}.`);
  }
  if (head.version < held.version) {
    return refuse(
      state,
      'gallery.rollback',
      `The head has version ${head.version}; this terminal has ${held.version}.`,
    );
  }
  if (head.expiresAt !== null && new Date(head.expiresAt) <= now) {
    return refuse(state, 'gallery.expired', `The head of version ${head.version} expired at ${head.expiresAt}.`);
  }
  if (state.head !== null && head.version < state.head.version) return { state, effects: [] };
  if (state.head?.version === head.version && !sameBuckets(state.head, head)) {
    return refuse(state, 'gallery.message-invalid', `Two different heads claim version ${head.version}.`);
  }
  const buckets = state.buckets.map((bucket, i) => {
    const staged = new Map([...bucket.staged].filter(([, record]) => record.lineage === head.lineage));
    return judged({ ...bucket, staged }, i, head);
  });
  return settle({ ...state, head, buckets });
}

function takeRecord(state: ReplicaState, record: GalleryRecord): Step {
  const { head } = state;
  const lineage = lineageOf(state);
  if (lineage !== null && record.lineage !== lineage) {
    return refuse(state, 'gallery.foreign-lineage', `The record belongs to lineage ${record.lineage}, not ${lineage}.`);
  }
  const index = bucketOf(record.id);
  const bucket = state.buckets[index] as Bucket;
  const before = bucket.held.get(record.id);
  const known = Math.max(before?.version ?? 0, bucket.staged.get(record.id)?.version ?? 0);
  if (record.version <= known) return { state, effects: [] };
  if (head !== null && record.version <= head.version && bucket.complete) {
    return refuse(
      state,
      'gallery.message-invalid',
      `Version ${head.version} of the gallery does not hold this record.`,
    );
  }
  const atOnce = record.kind === 'erased' && before?.kind === 'person';
  const changed = atOnce
    ? { ...bucket, held: new Map(bucket.held).set(record.id, record), staged: without(bucket.staged, record.id) }
    : { ...bucket, staged: new Map(bucket.staged).set(record.id, record) };
  const buckets = state.buckets.with(index, head === null ? changed : judged(changed, index, head));
  const next = { ...state, buckets };
  const settled = settle(next);
  if (!atOnce || settled.effects.length > 0) return settled;
  return { state: next, effects: [{ kind: 'save', snapshot: snapshotOf(next) }] };
}

/** Bring the head's version into force when nothing is missing. */
function settle(state: ReplicaState): Step {
  const { head, held } = state;
  if (head === null || state.buckets.some(({ complete }) => !complete)) return { state, effects: [] };
  const covers = ({ staged }: Bucket) => [...staged.values()].some(({ version }) => version <= head.version);
  if (held.version === head.version && held.lineage === head.lineage && !state.buckets.some(covers)) {
    return { state, effects: [] };
  }
  const next: ReplicaState = {
    head,
    held: { lineage: head.lineage, version: head.version, embedder: head.embedder },
    buckets: state.buckets.map((bucket) => ({
      held: new Map(covered(bucket, head).map((record) => [record.id, record])),
      staged: new Map([...bucket.staged].filter(([, { version }]) => version > head.version)),
      complete: true,
    })),
  };
  return { state: next, effects: [{ kind: 'save', snapshot: snapshotOf(next) }] };
}

/** The newest record of everyone in a bucket that is not newer than the head. */
function covered({ held, staged }: Bucket, head: Head): GalleryRecord[] {
  const newest = new Map<string, GalleryRecord>();
  for (const records of [held, staged]) {
    for (const [id, record] of records) if (record.version <= head.version) newest.set(id, record);
  }
  return [...newest.values()];
}

function judged(bucket: Bucket, index: number, head: Head): Bucket {
  const expected = head.buckets[bucketName(index)] ?? null;
  return { ...bucket, complete: bucketDigest(covered(bucket, head)) === expected };
}

function lineageOf({ held, head }: ReplicaState): string | null {
  return held.lineage ?? head?.lineage ?? null;
}

function sameBuckets(a: Head, b: Head): boolean {
  const names = Object.keys(a.buckets);
  return names.length === Object.keys(b.buckets).length && names.every((name) => a.buckets[name] === b.buckets[name]);
}

function without<T>(map: ReadonlyMap<string, T>, key: string): ReadonlyMap<string, T> {
  const copy = new Map(map);
  copy.delete(key);
  return copy;
}

function refuse(state: ReplicaState, code: ErrorCode, reason: string): Step {
  return { state, effects: [{ kind: 'refuse', code, reason }] };
}
