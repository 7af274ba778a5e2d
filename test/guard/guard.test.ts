import test from 'ava';
import { hashPin } from '../../src/access/pin.ts';
import { mergeRules } from '../../src/access/rules/merge.ts';
import type { Rules } from '../../src/access/rules/rules.ts';
import type { GalleryTrust } from '../../src/domain/gallery-trust.ts';
import type { Person } from '../../src/domain/person.ts';
import { personOf, templateOf } from '../gallery/people.ts';
import { temporaryFolders } from '../support/folders.ts';
import { guarded, outcome } from './guarded.ts';

const folder = temporaryFolders(test);
let ada: Person;
let bob: Person;
test.before(async () => {
  const [pinHash, duressPinHash] = await Promise.all([hashPin('2580'), hashPin('8520')]);
  ada = { ...personOf('ada', [templateOf(1)]), pinHash, duressPinHash, cards: ['123-45678'] };
  bob = { ...personOf('bob', [templateOf(2)]), cards: ['4711'] };
});

const pinNeeded: Rules = { secondFactors: { vault: { accept: ['pin'], onlyLookAlikes: false } } };
const any: Rules = { secondFactors: { vault: { accept: ['pin', 'card'], onlyLookAlikes: false } } };
const pin = (digits: string) => ({ kind: 'pin', digits }) as const;
const card = (number: string) => ({ kind: 'card', number }) as const;

async function atTheDoor(rules: Rules, more: Partial<Parameters<typeof guarded>[0]> = {}) {
  return guarded({ rules, people: [ada, bob], folder: folder(), ...more });
}

test('a face, then its PIN: let in once, and not asked again at once', async (t) => {
  const { face, desk, settled, events } = await atTheDoor(pinNeeded);
  t.is(outcome(face('ada')), 'undecided');
  await desk.take(pin('2580'));
  t.deepEqual(settled.map(outcome), ['grant']);
  t.is(outcome(face('ada')), 'undecided', 'still before the camera');
  t.deepEqual(settled.length, 1);
  t.is(events('access.duress').length, 0);
});

test('under duress the door opens as ever, and the journal has it', async (t) => {
  const { face, desk, settled, events } = await atTheDoor(pinNeeded);
  face('ada');
  await desk.take(pin('8520'));
  t.deepEqual(settled.map(outcome), ['grant']);
  t.deepEqual(
    events('access.duress').map(({ body }) => body),
    [{ personId: 'ada' }],
  );
  t.false(JSON.stringify(settled).includes('duress'), 'nothing that the door shows tells it');
});

test('a PIN that comes too late is refused, before anybody looks at the clock and after', async (t) => {
  const { face, desk, clock, settled, guard } = await atTheDoor(pinNeeded);
  face('ada');
  clock.ms += 20_000;
  await desk.take(pin('2580'));
  t.deepEqual(settled, [], 'a claim at most: no face goes with it');
  clock.ms += 20_000;
  await guard.tick();
  t.deepEqual(settled.map(outcome), ['second-factor']);
  await desk.take(pin('2580'));
  t.is(settled.length, 1, 'digits of nobody');
});

test('five wrong PINs lock out, the right one as well, and a restart changes nothing', async (t) => {
  const place = folder();
  const first = await atTheDoor(pinNeeded, { folder: place });
  for (let i = 0; i < 5; i++) {
    first.face('ada');
    await first.desk.take(pin('0000'));
  }
  t.is(outcome(first.settled.at(-1)), 'locked-out');
  t.is(outcome(first.face('ada')), 'locked-out');
  const again = await atTheDoor(pinNeeded, { folder: place, journal: first.journal });
  t.true(again.guard.lockedMs(['person:ada']) > 0);
  t.is(outcome(again.face('ada')), 'locked-out');
  await again.desk.take({ kind: 'claim', personId: 'ada', digits: '2580' });
  t.false(again.settled.some(({ kind }) => kind === 'grant'));
  t.is(outcome(again.face('bob')), 'second-factor', 'another person waits for nobody');
});

test('the lock-out ends with its time', async (t) => {
  const { face, desk, clock, settled } = await atTheDoor(pinNeeded);
  for (let i = 0; i < 5; i++) {
    face('ada');
    await desk.take(pin('0000'));
  }
  clock.ms += 60_001;
  t.is(outcome(face('ada')), 'undecided');
  await desk.take(pin('2580'));
  t.is(outcome(settled.at(-1)), 'grant');
});

test('no PIN and no card number is ever in the journal', async (t) => {
  const { face, desk, journal } = await atTheDoor(any);
  face('ada');
  for (const input of [pin('0000'), pin('2580'), card('123-45678'), card('99-99'), pin('8520')]) await desk.take(input);
  const rows = JSON.stringify(journal.latest(1000).map(({ kind, body }) => ({ kind, body })));
  for (const secret of ['2580', '0000', '8520', '123-45678', '99-99']) t.false(rows.includes(`"${secret}"`), secret);
});

test('somebody else’s card in answer to a face opens nothing', async (t) => {
  const { face, desk, settled, events } = await atTheDoor(any);
  face('ada');
  await desk.take(card('4711'));
  t.deepEqual(settled, []);
  t.is(events('access.factor-refused')[0]!.body.reason, 'card-of-another');
  await desk.take(card('123-45678'));
  t.deepEqual(settled.map(outcome), ['grant']);
});

test('a card that two people have is nobody’s, and so is one that is not known', async (t) => {
  const { desk, guard, events } = await atTheDoor({ withoutFace: 'card-and-pin' });
  await desk.take(card('1'));
  const twice = await atTheDoor({}, { people: [ada, { ...bob, cards: ['123-45678'] }] });
  await twice.desk.take(card('123-45678'));
  t.deepEqual(
    [...events('access.factor-refused'), ...twice.events('access.factor-refused')].map(({ body }) => body.reason),
    ['unknown-card', 'card-of-several'],
  );
  t.is(guard.awaited, null);
});

test('a card first asks for its owner’s face, and another face does not answer', async (t) => {
  const { desk, face, guard, settled, clock } = await atTheDoor(any);
  await desk.take(card('123-45678'));
  t.is(guard.claimed?.id, 'ada');
  t.is(outcome(face('ada')), 'grant', 'the card was the second factor');
  await desk.take(card('123-45678'));
  clock.ms += 20_000;
  await guard.tick();
  t.is(settled.at(-1)?.kind, 'deny');
});

test('whoever had left when a card was shown is not held against it: its owner is still looked for', async (t) => {
  const { desk, guard, clock } = await atTheDoor(any);
  await desk.take(card('123-45678'));
  clock.ms += 800;
  const evidence = { ...guard.parts.unseen(), framesSeen: 5 };
  const left = guard.judge({ kind: 'deny', reason: 'unknown', personId: null, evidence }, { gone: true });
  t.is(left.kind, 'undecided');
  t.is(guard.claimed?.id, 'ada');
  t.is(outcome(guard.judge({ kind: 'grant', personId: 'ada', name: 'ada', evidence })), 'grant');
  await desk.take(card('123-45678'));
  const stands = guard.judge({ kind: 'deny', reason: 'unknown', personId: null, evidence });
  t.is(outcome(stands), 'second-factor', 'who stands there is');
});

test('whoever was erased while the PIN was checked is not let in', async (t) => {
  const { face, desk, settled, adopt } = await atTheDoor(pinNeeded);
  face('ada');
  const taken = desk.take(pin('2580'));
  adopt([bob]);
  await taken;
  t.false(settled.some(({ kind }) => kind === 'grant'));
  t.is(outcome(face('ada')), 'unknown');
});

test('card and PIN without a face pass only where the site allows it', async (t) => {
  const never = await atTheDoor({});
  const allowed = await atTheDoor({ withoutFace: 'card-and-pin' });
  const notToHer = await atTheDoor({ withoutFace: 'card-and-pin', withoutFaceFor: 'those-without' });
  for (const { desk } of [never, allowed, notToHer]) {
    await desk.take(card('123-45678'));
    await desk.take(pin('2580'));
  }
  t.deepEqual(never.settled, []);
  t.deepEqual(notToHer.settled, []);
  t.is(outcome(notToHer.face('ada')), 'grant');
  t.deepEqual(allowed.settled.map(outcome), ['grant']);
});

const two: Rules = { twoPerson: { vault: { withinMs: 15_000 } } };

test('a look-alike is asked for a second factor, and nobody else is', async (t) => {
  const rules: Rules = { secondFactors: { twins: { accept: ['pin'], onlyLookAlikes: true } } };
  const lookAlike = (personId: string) => (personId === 'ada' ? 'bob' : null);
  const { face, desk, settled } = await atTheDoor(rules, { lookAlike });
  t.is(outcome(face('bob')), 'grant');
  t.is(outcome(face('ada')), 'undecided');
  await desk.take(pin('2580'));
  t.deepEqual(settled.map(outcome), ['grant']);
});

test('two people, one after the other; the same one twice are not two', async (t) => {
  const { face, clock } = await atTheDoor(two);
  t.is(outcome(face('ada')), 'two-person');
  t.is(outcome(face('ada')), 'undecided');
  clock.ms += 10_000;
  const granted = face('bob');
  t.is(granted.kind === 'grant' && granted.evidence.access?.companion, 'ada');
  t.is(outcome(face('bob')), 'two-person', 'a companion counts once');
});

test('a companion who came too long ago, or was erased meanwhile, is none', async (t) => {
  const late = await atTheDoor(two);
  late.face('ada');
  late.clock.ms += 15_001;
  t.is(outcome(late.face('bob')), 'two-person');
  const erased = await atTheDoor(two);
  erased.face('ada');
  erased.adopt([bob]);
  t.is(outcome(erased.face('bob')), 'two-person');
});

test('of several two-person rules the shortest time is that of whoever came first as well', async (t) => {
  const { face, clock } = await atTheDoor({ twoPerson: { everywhere: { withinMs: 60_000 }, ...two.twoPerson } });
  face('ada');
  clock.ms += 15_001;
  t.is(outcome(face('ada')), 'two-person', 'asked anew, and not waited for any longer');
  const apart = await atTheDoor(
    { twoPerson: { a: { groups: ['staff'], withinMs: 15_000 }, b: { groups: ['guests'], withinMs: 60_000 } } },
    { people: [ada, { ...bob, groups: ['guests'] }] },
  );
  apart.face('ada');
  apart.clock.ms += 15_001;
  t.is(outcome(apart.face('bob')), 'two-person', 'her time is over, his would not be');
});

const night: Rules = {
  schedules: {
    night: {
      periods: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '18:00', to: '06:00' }],
      onHolidays: 'as-usual',
    },
  },
  twoPerson: { vault: { schedule: 'night', withinMs: 15_000 } },
  antiPassback: { hall: { mode: 'hard', in: ['front'], out: ['back'] } },
};

test('who was let in with somebody and did not go through does not take them along another time', async (t) => {
  const { face, clock, guard, events } = await atTheDoor(night);
  const passed = () => events('access.passed').map(({ body }) => body.personId);
  clock.ms += 8 * 3_600_000;
  face('ada');
  t.is(outcome(face('bob')), 'grant');
  clock.ms += 12 * 3_600_000;
  t.is(outcome(face('bob')), 'grant', 'by day one is enough');
  guard.passed('bob');
  t.deepEqual(passed(), ['bob']);
  t.is(outcome(face('ada')), 'grant');
});

test('who did not open the door in time goes through with nobody', async (t) => {
  const { face, clock, guard, events, journal } = await atTheDoor(night);
  clock.ms += 8 * 3_600_000;
  face('ada');
  face('bob');
  guard.noticed(journal.append({ kind: 'door.unused', body: { cause: 'face', personId: 'bob' } }));
  guard.passed('bob');
  t.deepEqual(
    events('access.passed').map(({ body }) => body.personId),
    ['bob'],
  );
});

test('who went in does not go in again, here, heard of elsewhere, and after a restart', async (t) => {
  const rules: Rules = { antiPassback: { hall: { mode: 'hard', in: ['front'], out: ['back'] } } };
  const place = folder();
  const first = await atTheDoor(rules, { folder: place });
  t.is(outcome(first.face('ada')), 'grant');
  t.is(outcome(first.face('ada')), 'grant', 'let in, and not gone through');
  first.guard.passed('ada');
  t.is(outcome(first.face('ada')), 'anti-passback');
  const again = await atTheDoor(rules, { folder: place, journal: first.journal });
  t.is(outcome(again.face('ada')), 'anti-passback');
  again.guard.passedElsewhere('ada', {
    terminal: 'back',
    seq: 3,
    at: new Date().toISOString(),
    clock: 'synced',
  });
  t.is(outcome(again.face('ada')), 'grant');
  again.guard.passed('ada');
  again.guard.passedElsewhere('ada', {
    terminal: 'back',
    seq: 3,
    at: new Date().toISOString(),
    clock: 'synced',
  });
  t.is(outcome(again.face('ada')), 'anti-passback', 'an old passage that is heard again');
});

test('an interlocked door stays shut until the other is heard to be closed, and when that is long ago', async (t) => {
  const rules: Rules = { interlocks: { lock: { terminals: ['front', 'inner'], staleAfterMs: 30_000 } } };
  const { face, guard, clock } = await atTheDoor(rules);
  t.is(outcome(face('ada')), 'interlock');
  guard.parts.neighbours.heard('inner', true);
  t.is(outcome(face('ada')), 'grant');
  clock.ms += 30_001;
  t.is(outcome(face('ada')), 'interlock');
  guard.parts.neighbours.heard('inner', false);
  t.is(outcome(face('ada')), 'interlock');
});

test('a gallery that the hub has not confirmed: at first as ever, then with a second factor, then nobody', async (t) => {
  let trust: GalleryTrust = 'working';
  const { face, desk, settled } = await atTheDoor(
    {},
    { trust: () => trust, people: [ada, personOf('eve', [templateOf(3)])] },
  );
  t.is(outcome(face('ada')), 'grant');
  trust = 'second-factor';
  t.is(outcome(face('eve')), 'second-factor', 'who has neither PIN nor card stays out');
  t.is(outcome(face('ada')), 'undecided');
  await desk.take(pin('2580'));
  t.deepEqual(settled.map(outcome), ['grant']);
  trust = 'none';
  await desk.take(card('123-45678'));
  t.is(outcome(face('ada')), 'undecided', 'still before the camera');
  t.is(outcome(face('eve')), 'gallery-expired');
  trust = 'full';
  t.is(outcome(face('eve')), 'grant');
});

test('a lax rule of the hub takes nothing back of what the door’s own file asks for', async (t) => {
  const everywhere = { accept: ['pin', 'card'] as const, onlyLookAlikes: false };
  const { rules } = mergeRules(pinNeeded, { secondFactors: { everywhere } });
  const { face, desk, settled, events } = await atTheDoor(rules);
  t.is(outcome(face('ada')), 'undecided');
  await desk.take(card('123-45678'));
  t.deepEqual(settled, [], 'a card can be copied: the vault wants the PIN');
  await desk.take(pin('2580'));
  t.deepEqual(settled.map(outcome), ['grant']);
  t.deepEqual(
    events('access.factor-asked').map(({ body }) => body.accept),
    [['pin'], ['pin']],
  );
});

test('a second factor that the site asks for anyway is asked for once', async (t) => {
  const { face, desk, settled } = await atTheDoor(pinNeeded, { trust: () => 'second-factor' });
  t.is(outcome(face('ada')), 'undecided');
  await desk.take(pin('2580'));
  t.deepEqual(settled.map(outcome), ['grant']);
});
