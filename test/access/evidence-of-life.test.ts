import test from 'ava';
import { type Track, Tracker } from '../../src/access/tracker.ts';
import { decide, type VerdictPolicy } from '../../src/access/verdict.ts';
import type { Liveness, Sighting, SignsOfLife } from '../../src/domain/sighting.ts';
import { cosineDistance, type Template, templateFrom } from '../../src/domain/template.ts';
import { Gallery } from '../../src/gallery/gallery.ts';
import { faceAt, seenAt } from '../support/seen.ts';

const model = 'test/1';
const ann = templateFrom(model, [1, 0, 0]);
/** Ann on another day, and somebody who looks like her: not near enough to be let in, too near for a track of their own. */
const annAgain = templateFrom(model, [1, 0.2, 0]);
const lookAlike = templateFrom(model, [1, 0, 0.9]);
const person = { id: 'ann', name: 'Ann', templates: [ann], groups: [], validFrom: null, validUntil: null, version: 1 };
const gallery = Gallery.from({ lineage: 'l', version: 1, embedder: model, people: [person], erased: {} });
const policy: VerdictPolicy = {
  threshold: 0.1,
  minMargin: 0.05,
  agreeing: 3,
  window: 5,
  decideWithinMs: 2000,
  liveness: 'required',
};
const bySurroundings: VerdictPolicy = { ...policy, surroundingsSuffice: true };

const still: SignsOfLife = { still: 2, moving: 0, eyes: 0.95, nose: 0.95 };
const nothing: SignsOfLife = { ...still, still: 0 };
const said = (score: number): Liveness => ({ score, live: score >= 0.5, threshold: 0.5, parts: {} });

interface Shown {
  readonly template: Template | null;
  readonly signs?: SignsOfLife;
  readonly liveness?: Liveness | null;
}

function sighting({ template, signs = nothing, liveness = null }: Shown): Sighting {
  return { ...faceAt({ template, liveness, failures: template === null ? ['blurred'] : [] }), signs };
}

/** Everything is shown in one place, 100 ms apart. */
function follow(...shown: readonly Shown[]): Track {
  const tracker = new Tracker({ window: 5, changeDistance: 0.5, sureDistance: 0.1, random: () => 0 });
  const updates = shown.map((one, i) => tracker.follow(seenAt(i * 100, [sighting(one)])));
  const track = updates.at(-1)!.seen[0]!;
  if (track.framesSeen !== shown.length) throw new Error('not one track');
  return track;
}

const judge = (track: Track, by: VerdictPolicy) =>
  decide(track, { gallery, policy: by, nowMs: track.lastSeenMs, now: new Date('2026-11-24T08:00:00Z') }).kind;
const times = (count: number, shown: Shown): Shown[] => Array.from({ length: count }, () => shown);

test('the faces are as near to each other as the tests below need', (t) => {
  t.true(cosineDistance(ann, annAgain) < 0.1);
  t.true(cosineDistance(ann, lookAlike) > 0.1 && cosineDistance(ann, lookAlike) < 0.5);
});

test('still surroundings of a face that could not be recognised say nothing about the picture held before it', (t) => {
  const hidden = times(10, { template: null, signs: still });
  t.is(judge(follow(...hidden, ...times(4, { template: ann })), bySurroundings), 'undecided');
  t.is(judge(follow(...hidden, ...times(4, { template: ann, signs: still })), bySurroundings), 'grant');
});

test('surroundings that moved speak against life, recognised or not', (t) => {
  const moving = times(5, { template: null, signs: { ...nothing, moving: 2 } });
  t.is(judge(follow(...moving, ...times(4, { template: ann, signs: still })), bySurroundings), 'undecided');
});

test('evidence of life of a look-alike does not let in a picture that takes the same place', (t) => {
  const living = times(15, { template: lookAlike, signs: still, liveness: said(0.99) });
  const print = times(4, { template: ann, liveness: said(0.02) });
  t.is(judge(follow(...living, ...print), policy), 'undecided');
  const unjudged = living.map((one) => ({ ...one, liveness: null }));
  t.is(judge(follow(...unjudged, ...times(4, { template: ann })), bySurroundings), 'undecided');
});

test('a look-alike cannot answer the challenge for a picture', (t) => {
  const blink = [4, 1, 3].flatMap((count, i) =>
    times(count, { template: lookAlike, signs: { ...nothing, eyes: i === 1 ? 0.1 : 0.95 } }),
  );
  const demanding: VerdictPolicy = { ...policy, liveness: 'off', challenge: 'blink' };
  t.is(judge(follow(...blink, ...times(4, { template: ann })), demanding), 'undecided');
  const own = blink.map((one) => ({ ...one, template: annAgain }));
  t.is(judge(follow(...own, ...times(4, { template: ann })), demanding), 'grant');
});

test('one face that changes a little keeps its evidence of life', (t) => {
  const living = times(4, { template: annAgain, signs: still });
  t.is(judge(follow(...living, ...times(4, { template: ann })), bySurroundings), 'grant');
});
