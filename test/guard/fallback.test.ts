import test from 'ava';
import { hashPin } from '../../src/access/pin.ts';
import type { FinalVerdict } from '../../src/domain/verdict.ts';
import type { FallbackTerms } from '../../src/guard/fallback.ts';
import { personOf, templateOf } from '../gallery/people.ts';
import { temporaryFolders } from '../support/folders.ts';
import { guarded, outcome } from './guarded.ts';

const folder = temporaryFolders(test);
const card = { kind: 'card', number: '4711' } as const;
const pin = { kind: 'claim', personId: 'ada', digits: '2580' } as const;

async function atTheClock(accept: FallbackTerms['accept'] | null, rules = {}) {
  const ada = { ...personOf('ada', [templateOf(1)]), cards: ['4711'], pinHash: await hashPin('2580') };
  const people = [ada, personOf('bob', [templateOf(2)])];
  const fallback = accept === null ? {} : { fallback: { accept, withinMs: 30_000 } };
  return guarded({ rules, people, folder: folder(), ...fallback });
}

const factorsOf = (verdict: FinalVerdict | undefined) => verdict?.evidence.access?.factors;

test('off, a card after a refusal is what it is anywhere: a claim that the face has to agree with', async (t) => {
  const { guard, clock, desk, refusedFace, settled } = await atTheClock(null);
  t.is(outcome(refusedFace('unknown')), 'unknown');
  await desk.take(card);
  t.is(guard.claimed?.id, 'ada');
  clock.ms += 20_000;
  await guard.tick();
  t.deepEqual(settled.map(outcome), ['second-factor']);
});

test('after a refusal the face is compared with the card’s owner; where it agrees, it is face and card', async (t) => {
  const { guard, desk, refusedFace, face, settled } = await atTheClock('card');
  refusedFace('ambiguous');
  await desk.take(card);
  t.is(guard.claimed?.id, 'ada');
  t.deepEqual(settled, []);
  const verdict = face('ada');
  t.is(outcome(verdict), 'grant');
  t.deepEqual(factorsOf(verdict as FinalVerdict), ['face', 'card']);
  t.is((verdict as FinalVerdict).evidence.access?.afterRefusal, undefined);
});

test('where the face does not agree, or does not come, the card counts alone, and the verdict says after what', async (t) => {
  for (const how of ['disagrees', 'does not come'] as const) {
    const { guard, clock, desk, refusedFace, settled } = await atTheClock('card');
    refusedFace('no-liveness');
    await desk.take(card);
    let verdict = how === 'disagrees' ? refusedFace('unknown') : undefined;
    clock.ms += 5000;
    await guard.tick();
    verdict ??= settled.at(-1);
    t.is(outcome(verdict), 'grant', how);
    t.deepEqual(factorsOf(verdict as FinalVerdict), ['card']);
    t.is((verdict as FinalVerdict).evidence.access?.afterRefusal, 'no-liveness');
    t.is(guard.claimed, null);
    t.is(outcome(refusedFace('unknown')), 'unknown', 'the next face is another story');
  }
});

test('no fallback for a picture of a face, before the card or after it; nor when the refusal is long ago or was answered', async (t) => {
  const shown = await atTheClock('card');
  shown.refusedFace('unknown');
  shown.refusedFace('spoof');
  await shown.desk.take(card);
  t.is(outcome(shown.refusedFace('unknown')), 'second-factor');

  const after = await atTheClock('card');
  after.refusedFace('unknown');
  await after.desk.take(card);
  t.is(outcome(after.refusedFace('spoof')), 'second-factor');
  await after.desk.take(card);
  t.is(outcome(after.refusedFace('unknown')), 'second-factor', 'the picture closed it');

  const late = await atTheClock('card');
  late.refusedFace('unknown');
  late.clock.ms += 30_000;
  await late.desk.take(card);
  t.is(outcome(late.refusedFace('unknown')), 'second-factor');

  const answered = await atTheClock('card');
  answered.refusedFace('unknown');
  t.is(outcome(answered.face('bob')), 'grant');
  await answered.desk.take(card);
  t.is(outcome(answered.refusedFace('unknown')), 'second-factor');
});

test('card and PIN means both; a wrong PIN counts as anywhere', async (t) => {
  const { guard, clock, desk, refusedFace, settled, events } = await atTheClock('card-and-pin');
  refusedFace('unknown');
  await desk.take(card);
  await desk.take({ ...pin, digits: '0000' });
  t.is(events('access.factor-refused').length, 1);
  await desk.take(pin);
  clock.ms += 5000;
  await guard.tick();
  t.deepEqual(settled.map(outcome), ['grant']);
  t.deepEqual(factorsOf(settled[0]), ['card', 'pin']);
});

test('the rules are asked all the same: who may not be here is not recorded by a card either', async (t) => {
  const rules = { permissions: { others: { groups: ['others'] } } };
  const { guard, clock, desk, refusedFace, settled } = await atTheClock('card', rules);
  refusedFace('unknown');
  await desk.take(card);
  clock.ms += 5000;
  await guard.tick();
  t.deepEqual(settled.map(outcome), ['not-authorised-here']);
});
