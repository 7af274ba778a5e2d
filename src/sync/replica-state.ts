import { isDeepStrictEqual } from 'node:util';
import type { ErrorCode } from '../domain/errors.ts';
import { hasFace, type Person } from '../domain/person.ts';
import type { GallerySnapshot } from '../gallery/gallery-store.ts';
import { bucketCount, bucketName, bucketOf, bucketOfPerson } from './digest.ts';
import type { GalleryRecord, Head } from './messages.ts';
import { type Bucket, covered, has, judged, judgedAfter, listed } from './replica-bucket.ts';

/** What a terminal knows about its gallery: a value, never changed in place. */
export interface ReplicaState {
  /** What is in force: lineage (`null` before the first sync), version and embedders. */
  readonly held: Pick<GallerySnapshot, 'version' | 'embedder' | 'embedders'> & { readonly lineage: string | null };
  /** The newest head that was accepted since the start. */
  readonly head: Head | null;
  readonly buckets: readonly Bucket[];
}

/** A message that has already been proven to come from the hub. */
export type ReplicaMessage =
  | { readonly kind: 'head'; readonly head: Head; readonly now: Date }
  | { readonly kind: 'record'; readonly record: GalleryRecord }
  /** Not signed, and proven by the head's digest. */
  | { readonly kind: 'list'; readonly bucket: string; readonly list: string };

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
    members[bucketOfPerson(person)]!.set(id, { kind: 'person', lineage: lineage as string, id, version, person });
  }
  for (const [id, version] of Object.entries(snapshot?.erased ?? {})) {
    members[bucketOf(id)]!.set(id, { kind: 'erased', lineage: lineage as string, id, version });
  }
  return {
    held: { lineage, version: snapshot?.version ?? 0, ...embeddersIn(snapshot ?? { embedder: '' }) },
    head: null,
    buckets: members.map((held) => ({
      held,
      staged: new Map(),
      list: null,
      offered: null,
      lacking: 0,
      complete: false,
    })),
  };
}

/**
 * The whole protocol of the gallery: a state and a message give the next state and what to do.
 *
 * - A version comes into force as a whole, once every record its head speaks of is here, in whatever order, however
 *   often they came.
 * - A tombstone takes effect at once, before its head: an erased person must not be let in meanwhile. So does a record
 *   that takes somebody's face away.
 * - Nothing ever goes back: not the version, not a person, not the lineage.
 * - The list of a bucket says which of its records are missing, so that nothing else has to be fetched.
 * - Whom a version does not speak of any more is gone with it: a hub that was restored from a backup and goes on above
 *   this version does not know who was enrolled after the backup.
 */
export function step(state: ReplicaState, message: ReplicaMessage): Step {
  if (message.kind === 'head') return takeHead(state, message.head, message.now);
  if (message.kind === 'list') return takeList(state, message.bucket, message.list);
  return takeRecord(state, message.record);
}

/** What a bucket lacks, before and after its list is here. */
export interface Incomplete {
  readonly bucket: string;
  /** `null` while the list is missing, too. */
  readonly lacking: number | null;
  /** How many records the bucket has in all; 0 while that is not known. */
  readonly of: number;
}

/** The buckets in which something the head speaks of is missing. */
export function incomplete({ head, buckets }: ReplicaState): Incomplete[] {
  if (head === null) return [];
  return buckets.flatMap(({ complete, list, lacking }, i) => {
    if (complete) return [];
    return [{ bucket: bucketName(i), lacking: list && lacking, of: list?.size ?? 0 }];
  });
}

/** Whose records a bucket with a list lacks. */
export function lackingIn(state: ReplicaState, bucket: string): string[] {
  const one = state.buckets[Number.parseInt(bucket, 16)];
  return one === undefined
    ? []
    : [...(one.list?.values() ?? [])].filter((stamp) => !has(one, stamp)).map(({ id }) => id);
}

/** What is in force is what the newest head says. */
export function isConfirmed({ head, held, buckets }: ReplicaState): boolean {
  return head !== null && head.version === held.version && buckets.every(({ complete }) => complete);
}

/** What is missing: people by id where the list of their bucket is here, otherwise the bucket. */
export function missing(state: ReplicaState): { readonly buckets: string[]; readonly people: string[] } {
  const all = incomplete(state);
  return {
    buckets: all.flatMap(({ bucket, lacking }) => (lacking === null ? [bucket] : [])),
    people: all.flatMap(({ bucket }) => lackingIn(state, bucket)),
  };
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
  const { lineage, version } = state.held;
  const embedders = embeddersIn(state.held);
  return {
    lineage: lineage ?? '',
    version,
    ...embedders,
    people: people.sort((a, b) => (a.id < b.id ? -1 : 1)),
    erased,
  };
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
  const before = state.head;
  if (before !== null && isOlder(head, before)) return { state, effects: [] };
  if (before?.version === head.version && !sameBuckets(before, head)) {
    return refuse(state, 'gallery.message-invalid', `Two different heads claim version ${head.version}.`);
  }
  const buckets = state.buckets.map((bucket, i) => {
    const name = bucketName(i);
    const same = before !== null && before.buckets[name] === head.buckets[name];
    if (same && bucket.staged.size === 0) return bucket;
    const staged = new Map([...bucket.staged].filter(([, record]) => record.lineage === head.lineage));
    const list = isEmptied(bucket, head.buckets[name]) ? nobody : same ? bucket.list : null;
    return listed(judged({ ...bucket, staged, list }, i, head), i, head);
  });
  return settle({ ...state, head, buckets });
}

function takeList(state: ReplicaState, name: string, list: string): Step {
  const { head } = state;
  const index = Number.parseInt(name, 16);
  const bucket = state.buckets[index];
  if (head === null || bucket === undefined || bucket.complete || bucket.list !== null) return { state, effects: [] };
  const next = listed({ ...bucket, offered: list }, index, head);
  return settle({ ...state, buckets: state.buckets.with(index, next) });
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
  const expected = bucket.list?.get(record.id);
  if (head !== null && bucket.list !== null && record.version <= head.version && expected?.version !== record.version) {
    return { state, effects: [] };
  }
  if (head !== null && record.version <= head.version && bucket.complete) {
    return refuse(
      state,
      'gallery.message-invalid',
      `Version ${head.version} of the gallery does not hold this record.`,
    );
  }
  const atOnce = forgets(record, before);
  const changed = atOnce
    ? { ...bucket, held: new Map(bucket.held).set(record.id, record), staged: without(bucket.staged, record.id) }
    : { ...bucket, staged: new Map(bucket.staged).set(record.id, record) };
  // A newer one may also take the place of the one that was listed: then that is missing until the next head.
  const gained = expected?.version === record.version ? 1 : 0;
  const lost = expected !== undefined && has(bucket, expected) ? 1 : 0;
  const counted = { ...changed, lacking: bucket.lacking - gained + lost };
  const buckets = state.buckets.with(index, head === null ? changed : judgedAfter(counted, index, head));
  const next = { ...state, buckets };
  const settled = settle(next);
  if (!atOnce || settled.effects.length > 0) return settled;
  return { state: next, effects: [{ kind: 'save', snapshot: snapshotOf(next) }] };
}

const nobody: Bucket['list'] = new Map();

/** A bucket that the head leaves out has no list that could be fetched: the head itself says that nobody is in it. */
function isEmptied({ held, staged }: Bucket, digest: string | undefined): boolean {
  return digest === undefined && held.size + staged.size > 0;
}

/** Whether a record takes away a person, or the face of one. */
function forgets(record: GalleryRecord, before: GalleryRecord | undefined): boolean {
  if (before?.kind !== 'person') return false;
  return record.kind === 'erased' || (hasFace(before.person) && !hasFace(record.person));
}

/** Bring the head's version into force when nothing is missing. */
function settle(state: ReplicaState): Step {
  const { head, held } = state;
  if (head === null || state.buckets.some(({ complete }) => !complete)) return { state, effects: [] };
  const covers = ({ staged }: Bucket) => [...staged.values()].some(({ version }) => version <= head.version);
  const same = isDeepStrictEqual(embeddersIn(held), embeddersIn(head));
  if (same && held.version === head.version && held.lineage === head.lineage && !state.buckets.some(covers)) {
    return { state, effects: [] };
  }
  const next: ReplicaState = {
    head,
    held: { lineage: head.lineage, version: head.version, ...embeddersIn(head) },
    buckets: state.buckets.map((bucket) => {
      if (bucket.staged.size === 0 && bucket.list === null && bucket.offered === null) return bucket;
      return {
        held: new Map(covered(bucket, head).map((record) => [record.id, record])),
        staged: new Map([...bucket.staged].filter(([, { version }]) => version > head.version)),
        ...{ list: null, offered: null, lacking: 0, complete: true },
      };
    }),
  };
  return { state: next, effects: [{ kind: 'save', snapshot: snapshotOf(next) }] };
}

/** A head is made anew, with a later end, when nothing has changed. */
function isOlder(head: Head, than: Head): boolean {
  return head.version < than.version || (head.version === than.version && head.issuedAt < than.issuedAt);
}

function embeddersIn({
  embedder,
  embedders,
}: Pick<GallerySnapshot, 'embedder'> & { embedders?: readonly string[] | undefined }) {
  return { embedder, ...(embedders && { embedders }) };
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
