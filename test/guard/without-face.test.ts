import test from 'ava';
import { hashPin } from '../../src/access/pin.ts';
import type { Rules } from '../../src/access/rules/rules.ts';
import type { Person } from '../../src/domain/person.ts';
import type { FallbackTerms } from '../../src/guard/fallback.ts';
import { personOf, templateOf } from '../gallery/people.ts';
import { temporaryFolders } from '../support/folders.ts';
import { guarded, outcome } from './guarded.ts';

const folder = temporaryFolders(test);
let bo: Person;
test.before(async () => {
  bo = { ...personOf('bo', []), cards: ['4711'], pinHash: await hashPin('2580') };
});

const card = { kind: 'card', number: '4711' } as const;
const pin = { kind: 'pin', digits: '2580' } as const;
const claim = { kind: 'claim', personId: 'bo', digits: '2580' } as const;

function atTheDoor(rules: Rules, fallback?: FallbackTerms) {
  const people = [bo, personOf('ada', [templateOf(1)])];
  return guarded({ rules, people, folder: folder(), ...(fallback && { fallback }) });
}

for (const first of ['card', 'PIN'] as const) {
  test(`${first} first: the other is asked for, and whatever face is there meanwhile changes nothing`, async (t) => {
    const { desk, refusedFace, face, settled, events, guard, clock } = await atTheDoor({ withoutFace: 'card-and-pin' });
    await desk.take(first === 'card' ? card : claim);
    t.deepEqual(events('access.factor-asked').at(-1)?.body.accept, [first === 'card' ? 'pin' : 'card']);
    t.is(guard.claimed?.id, 'bo');
    t.deepEqual(refusedFace('unknown'), { kind: 'undecided', guidance: 'second-factor' });
    t.is(outcome(face('ada')), 'undecided', 'and nobody else comes in on it');
    t.deepEqual(settled, []);
    clock.ms += 15_000;
    await desk.take(first === 'card' ? pin : card);
    t.deepEqual(settled.map(outcome), ['grant']);
    t.deepEqual(settled[0]?.evidence.access?.factors.toSorted(), ['card', 'pin']);
    t.is(settled[0]?.evidence.distance, null, 'no face was compared');
    t.is(outcome(refusedFace('unknown')), 'undecided', 'theirs, most likely, and they were just let in');
    t.is(outcome(face('ada')), 'grant');
    clock.ms += 10_000;
    t.is(outcome(refusedFace('unknown')), 'unknown');
  });
}

test('where the rules let nobody pass without a face, or what they have is not enough, that is said at once', async (t) => {
  const never = await atTheDoor({});
  await never.desk.take(card);
  t.deepEqual(never.settled.map(outcome), ['second-factor']);
  t.regex(never.settled[0]?.evidence.access?.says ?? '', /nobody passes without one/);
  t.is(never.guard.awaited, null);
  t.is(outcome(never.face('ada')), 'grant', 'the next in the queue is not held up');

  const cardOnly = { ...bo, id: 'cy', cards: ['4712'] };
  const { pinHash: _none, ...cy } = cardOnly;
  const lacking = await guarded({ rules: { withoutFace: 'card-and-pin' }, people: [cy], folder: folder() });
  await lacking.desk.take({ kind: 'card', number: '4712' });
  t.regex(lacking.settled[0]?.evidence.access?.says ?? '', /has no PIN/);
});

test('a PIN alone is enough where the rules say so; one that does not come in time is refused', async (t) => {
  const alone = await atTheDoor({ withoutFace: 'id-and-pin' });
  await alone.desk.take(claim);
  t.deepEqual(alone.settled.map(outcome), ['grant']);
  t.deepEqual(alone.settled[0]?.evidence.access?.factors, ['pin']);

  const late = await atTheDoor({ withoutFace: 'card-and-pin' });
  await late.desk.take(card);
  late.clock.ms += 20_000;
  await late.guard.tick();
  t.deepEqual(late.settled.map(outcome), ['second-factor']);
  t.is(late.settled[0]?.evidence.access?.says, 'The second factor did not come in time.');
});

test('no face is ever theirs: a verdict that says so is refused by the rules', async (t) => {
  const { face } = await atTheDoor({});
  t.is(outcome(face('bo')), 'second-factor');
});

test('at a time clock that takes a card after a refusal, it counts at once: there is no face to wait for', async (t) => {
  const { desk, refusedFace, settled } = await atTheDoor({}, { accept: 'card', withinMs: 30_000 });
  await desk.take(card);
  t.deepEqual(settled.map(outcome), ['second-factor'], 'nobody was refused');
  refusedFace('unknown');
  await desk.take(card);
  t.deepEqual(settled.map(outcome), ['second-factor', 'grant']);
  t.like(settled[1]?.evidence.access, { factors: ['card'], afterRefusal: 'unknown' });
  const both = await atTheDoor({}, { accept: 'card-and-pin', withinMs: 30_000 });
  both.refusedFace('poor-quality');
  await both.desk.take(card);
  t.deepEqual(both.settled, []);
  await both.desk.take(pin);
  t.like(both.settled[0]?.evidence.access, { factors: ['card', 'pin'], afterRefusal: 'poor-quality' });
});
