import test from 'ava';
import fc from 'fast-check';
import type { GallerySnapshot } from '../../src/gallery/gallery-store.ts';
import { bucketDigests, bucketList, bucketName, bucketOf, stampsOf } from '../../src/sync/digest.ts';
import { type GalleryRecord, type Head, wireFormat } from '../../src/sync/messages.ts';
import {
  isConfirmed,
  missing,
  type ReplicaEffect,
  type ReplicaMessage,
  type ReplicaState,
  replicaState,
  snapshotOf,
  step,
} from '../../src/sync/replica-state.ts';
import { somebody } from '../support/sync.ts';

const now = new Date('2026-06-01T00:00:00Z');
const person = (id: string, version: number, lineage = 'L1'): GalleryRecord => ({
  kind: 'person',
  lineage,
  id,
  version,
  person: somebody(id, version),
});
const tombstone = (id: string, version: number): GalleryRecord => ({ kind: 'erased', lineage: 'L1', id, version });
const headOf = (version: number, records: readonly GalleryRecord[], changes: Partial<Head> = {}): Head => ({
  format: wireFormat,
  site: 'plant',
  lineage: 'L1',
  version,
  embedder: 'test/1',
  count: records.filter(({ kind }) => kind === 'person').length,
  buckets: bucketDigests(records),
  issuedAt: now.toISOString(),
  expiresAt: null,
  ...changes,
});
const record = (value: GalleryRecord): ReplicaMessage => ({ kind: 'record', record: value });
const head = (value: Head): ReplicaMessage => ({ kind: 'head', head: value, now });

function play(start: ReplicaState, messages: readonly ReplicaMessage[]) {
  let state = start;
  const effects: ReplicaEffect[] = [];
  for (const message of messages) {
    const result = step(state, message);
    state = result.state;
    effects.push(...result.effects);
  }
  const snapshots = effects.flatMap((effect) => (effect.kind === 'save' ? [effect.snapshot] : []));
  const refused = effects.flatMap((effect) => (effect.kind === 'refuse' ? [effect.code] : []));
  return { state, snapshots, refused };
}

const ids = (snapshot: GallerySnapshot | undefined) => snapshot?.people.map(({ id }) => id);
const [ada, bob] = [person('ada', 1), person('bob', 2)];
const both = headOf(2, [ada, bob]);

test('a version comes into force once, whole, in whatever order its messages come', (t) => {
  for (const order of [
    [record(ada), record(bob), head(both)],
    [head(both), record(bob), record(ada)],
    [record(bob), head(both), head(both), record(bob), record(ada), record(ada), head(both)],
  ]) {
    const { snapshots, refused } = play(replicaState(null), order);
    t.is(snapshots.length, 1);
    t.deepEqual(ids(snapshots[0]), ['ada', 'bob']);
    t.is(snapshots[0]?.version, 2);
    t.deepEqual(refused, []);
  }
});

test('until then the old gallery stays, and what is missing is known', (t) => {
  const { state, snapshots } = play(replicaState(null), [head(both), record(ada)]);
  t.deepEqual(snapshots, []);
  const [bucket] = Object.keys(bucketDigests([bob])) as [string];
  t.deepEqual(missing(state), { buckets: [bucket], people: [] });
  const listed = step(state, { kind: 'list', bucket, list: bucketList([bob]) });
  t.deepEqual(missing(listed.state), { buckets: [], people: ['bob'] });
  t.deepEqual(play(listed.state, [record(bob)]).snapshots.map(ids), [['ada', 'bob']]);
});

test("a list that is not the head's changes nothing, and waits for the head that may follow", (t) => {
  const { state } = play(replicaState(null), [record(ada), record(bob), head(both)]);
  const eve = person('eve', 3);
  const [bucket] = Object.keys(bucketDigests([eve])) as [string];
  const third = headOf(3, [ada, bob, eve]);
  const early = step(play(state, [head(headOf(4, [ada, bob, person('eve', 4)]))]).state, {
    kind: 'list',
    bucket,
    list: bucketList([eve]),
  });
  t.deepEqual(missing(early.state), { buckets: [bucket], people: [] });
  const behind = play(state, [head(third)]).state;
  const newer = step(behind, { kind: 'list', bucket, list: bucketList([person('eve', 4)]) });
  t.deepEqual(missing(newer.state), { buckets: [bucket], people: [] });
  const caughtUp = play(newer.state, [head(headOf(4, [ada, bob, person('eve', 4)]))]);
  t.deepEqual(missing(caughtUp.state), { buckets: [], people: ['eve'] });
});

test('a tombstone takes effect before its head, and an older record cannot undo it', (t) => {
  const first = play(replicaState(null), [record(ada), record(bob), head(both)]);
  const erased = play(first.state, [record(tombstone('ada', 3)), record(ada), record(person('ada', 2))]);
  t.deepEqual(erased.snapshots.map(ids), [['bob']]);
  t.deepEqual(erased.snapshots[0]?.erased, { ada: 3 });
  const done = play(erased.state, [head(headOf(3, [tombstone('ada', 3), bob])), record(ada)]);
  t.deepEqual(ids(done.snapshots[0]), ['bob']);
  t.is(done.snapshots[0]?.version, 3);
  t.deepEqual(snapshotOf(done.state), done.snapshots[0]);
});

test('an erasure survives a restart between tombstone and head', (t) => {
  const first = play(replicaState(null), [record(ada), record(bob), head(both)]);
  const { snapshots } = play(first.state, [record(tombstone('ada', 3))]);
  const after = play(replicaState(snapshots[0] as GallerySnapshot), [head(both), record(ada), record(bob)]);
  t.deepEqual(ids(snapshotOf(after.state)), ['bob']);
  const done = play(after.state, [record(tombstone('ada', 3)), head(headOf(3, [tombstone('ada', 3), bob]))]);
  t.is(snapshotOf(done.state).version, 3);
});

test('refused: an older head, a foreign lineage, an expired head, a second head of one version, a person not in the head', (t) => {
  const { state } = play(replicaState(null), [record(ada), record(bob), head(both)]);
  const cases: [string, ReplicaMessage][] = [
    ['gallery.rollback', head(headOf(1, [ada]))],
    ['gallery.foreign-lineage', head(headOf(9, [], { lineage: 'L2' }))],
    ['gallery.foreign-lineage', record(person('eve', 9, 'L2'))],
    ['gallery.expired', head(headOf(3, [ada], { expiresAt: '2026-05-31T00:00:00Z' }))],
    ['gallery.message-invalid', head(headOf(2, [ada]))],
    ['gallery.message-invalid', record(person('eve', 2))],
  ];
  for (const [code, message] of cases) {
    const result = play(state, [message]);
    t.deepEqual(result.refused, [code]);
    t.deepEqual(snapshotOf(result.state), snapshotOf(state), code);
    t.is(result.snapshots.length, 0);
  }
});

test('whom a later head does not speak of any more is gone, also where nobody else is in that bucket', (t) => {
  const { state } = play(replicaState(null), [record(ada), record(bob), head(both)]);
  const again = person('ada', 90);
  const { snapshots, refused } = play(state, [head(headOf(90, [again])), record(again)]);
  t.deepEqual(refused, []);
  t.deepEqual(snapshots.map(ids), [['ada']]);
  t.is(snapshots[0]?.version, 90);
});

test('the emptying of a whole gallery is followed like any other change', (t) => {
  const { state } = play(replicaState(null), [record(ada), head(headOf(1, [ada]))]);
  const { snapshots } = play(state, [head(headOf(2, [tombstone('ada', 2)])), record(tombstone('ada', 2))]);
  t.deepEqual(ids(snapshots.at(-1)), []);
});

/** A hub's life: each number enrols, changes or erases one of a few people. */
function lifeOf(choices: readonly { who: number; erase: boolean }[]) {
  const now = new Map<string, GalleryRecord>();
  const sent: ReplicaMessage[] = [];
  let version = 0;
  for (const { who, erase } of choices) {
    const id = `p${who}`;
    version++;
    const next = erase && now.get(id)?.kind === 'person' ? tombstone(id, version) : person(id, version);
    now.set(id, next);
    sent.push(record(next), head(headOf(version, [...now.values()])));
  }
  const final = [...[...now.values()].map(record), head(headOf(version, [...now.values()]))];
  return { sent, final, version, now };
}

test('loss, repetition and reordering, then one full redelivery, end in the hub state', (t) => {
  const choice = fc.record({ who: fc.integer({ min: 0, max: 5 }), erase: fc.boolean() });
  fc.assert(
    fc.property(
      fc.array(choice, { minLength: 1, maxLength: 12 }),
      fc.array(fc.nat(), { maxLength: 40 }),
      fc.infiniteStream(fc.nat()),
      fc.nat(),
      (choices, picks, shuffle, restartAt) => {
        const hub = lifeOf(choices);
        const lossy = picks.map((pick) => hub.sent[pick % hub.sent.length] as ReplicaMessage);
        const cut = restartAt % (lossy.length + 1);
        const before = play(replicaState(null), lossy.slice(0, cut));
        const reborn = replicaState(before.snapshots.at(-1) ?? null);
        const after = play(reborn, lossy.slice(cut));
        const keyed = hub.final.map((message) => ({ message, key: shuffle.next().value as number }));
        const redelivery = keyed.sort((a, b) => a.key - b.key).map(({ message }) => message);
        const end = play(after.state, redelivery);
        const snapshot = snapshotOf(end.state);
        const people = [...hub.now.values()]
          .filter(({ kind }) => kind === 'person')
          .map(({ id, version }) => `${id}@${version}`);
        t.deepEqual(snapshot.people.map(({ id, version }) => `${id}@${version}`).sort(), people.sort());
        t.is(snapshot.version, hub.version);
        t.deepEqual(missing(end.state).buckets, []);
      },
    ),
    { numRuns: 300 },
  );
});

test('no message that was ever sent can raise the dead or turn a version back', (t) => {
  const choice = fc.record({ who: fc.integer({ min: 0, max: 3 }), erase: fc.boolean() });
  fc.assert(
    fc.property(
      fc.array(choice, { minLength: 2, maxLength: 10 }),
      fc.array(fc.nat(), { maxLength: 30 }),
      (choices, picks) => {
        const hub = lifeOf(choices);
        const synced = play(replicaState(null), hub.final);
        const replayed = play(
          synced.state,
          picks.map((pick) => hub.sent[pick % hub.sent.length] as ReplicaMessage),
        );
        t.deepEqual(snapshotOf(replayed.state), snapshotOf(synced.state));
      },
    ),
    { numRuns: 200 },
  );
});

test("whatever is lost, repeated, late or out of order: in the end the head's digests, or exactly who is missing", (t) => {
  const choice = fc.record({ who: fc.integer({ min: 0, max: 9 }), erase: fc.boolean() });
  fc.assert(
    fc.property(
      fc.array(choice, { minLength: 1, maxLength: 15 }),
      fc.array(fc.nat(), { maxLength: 60 }),
      fc.array(fc.nat(), { maxLength: 6 }),
      (choices, picks, kept) => {
        const hub = lifeOf(choices);
        const records = [...hub.now.values()];
        const newest = headOf(hub.version, records);
        const lists = Object.keys(newest.buckets).map((bucket): ReplicaMessage => {
          const members = records.filter(({ id }) => bucketName(bucketOf(id)) === bucket);
          return { kind: 'list', bucket, list: bucketList(members) };
        });
        const sent = [...hub.sent, ...lists, { kind: 'list', bucket: '00', list: 'p0 99 person\n' } as const];
        const lossy = picks.map((pick) => sent[pick % sent.length] as ReplicaMessage);
        // The broker keeps head and lists; of the records some come, and some never do.
        const some = kept.map((pick) => record(records[pick % records.length] as GalleryRecord));
        const { state } = play(replicaState(null), [...lossy, head(newest), ...lists, ...some]);
        const known = new Map(state.buckets.flatMap(({ held, staged }) => [...held, ...staged]));
        const lacking = records.filter(({ id, version }) => known.get(id)?.version !== version).map(({ id }) => id);
        t.deepEqual(missing(state).people.toSorted(), lacking.toSorted());
        t.deepEqual(missing(state).buckets, []);
        t.is(isConfirmed(state), lacking.length === 0);
        if (lacking.length > 0) return;
        t.deepEqual(bucketDigests(stampsOf(snapshotOf(state))), newest.buckets);
      },
    ),
    { numRuns: 300 },
  );
});

test('a face is taken away at once, before its head; other changes of a person wait for theirs', (t) => {
  const start = play(replicaState(null), [head(both), record(ada), record(bob)]).state;
  const { person: whole } = person('ada', 3) as Extract<GalleryRecord, { kind: 'person' }>;
  const faceless: GalleryRecord = { ...ada, version: 3, person: { ...whole, templates: [] } } as GalleryRecord;
  const { snapshots, state } = play(start, [record(faceless)]);
  t.deepEqual(
    snapshots.map(({ version, people }) => [version, people.map(({ templates }) => templates.length)]),
    [[2, [0, 1]]],
  );
  const later = play(state, [record(person('bob', 4))]);
  t.deepEqual(later.snapshots, []);
  const settled = play(later.state, [head(headOf(4, [faceless, person('bob', 4)]))]);
  t.deepEqual(
    settled.snapshots.map(({ version }) => version),
    [4],
  );
  t.deepEqual(play(settled.state, [record(ada)]).snapshots, [], 'and never comes back with an old record');
});
