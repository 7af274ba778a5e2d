import test from 'ava';
import { authorise } from '../../../src/access/rules/authorise.ts';
import { emptyMemory, sideKey } from '../../../src/access/rules/memory.ts';
import type { Factor, Rules } from '../../../src/access/rules/rules.ts';
import type { Situation } from '../../../src/access/rules/situation.ts';
import { situation, somebody } from './situation.ts';

/** `pass`, or the outcome and why. */
function told(more: Partial<Situation>): string {
  const { outcome, decisive } = authorise(situation(more));
  return decisive === null ? outcome : `${outcome}: ${decisive.reason}`;
}

const proven = (...factors: Factor[]) => ({ proven: new Set(factors) });

test('without rules everybody passes who is valid, and an instant that cannot be read is no permission', (t) => {
  t.is(told({}), 'pass');
  const noon = '2026-11-25T12:00:00Z';
  t.is(told({ person: somebody('a', { validFrom: noon }) }), 'pass');
  t.is(told({ person: somebody('a', { validFrom: '2026-11-25T12:00:01Z' }) }), 'refuse: not-yet-valid');
  t.is(told({ person: somebody('a', { validUntil: noon }) }), 'refuse: expired');
  t.is(told({ person: somebody('a', { validUntil: 'tomorrow' }) }), 'refuse: expired');
  t.is(told({ person: somebody('a', { validFrom: 'yesterday' }) }), 'refuse: not-yet-valid');
});

test('with one permission, only what is permitted is', (t) => {
  const schedules = {
    office: { periods: [{ days: ['wed'], from: '08:00', to: '17:00' }], onHolidays: 'closed' },
  } as const;
  const rules: Rules = {
    schedules,
    permissions: { staff: { terminals: ['front'], groups: ['staff'], schedule: 'office' } },
  };
  const staff = somebody('ada', { groups: ['staff'] });
  t.is(told({ rules, person: staff }), 'pass');
  t.is(told({ rules }), 'refuse: not-authorised-here');
  t.is(told({ rules, person: staff, terminal: 'back' }), 'refuse: not-authorised-here');
  t.is(told({ rules, person: staff, now: new Date('2026-11-25T17:00:00Z') }), 'refuse: out-of-schedule');
  t.is(told({ rules: { ...rules, schedules: {} }, person: staff }), 'refuse: out-of-schedule');
});

const area = { mode: 'hard', in: ['front'], out: ['back'] } as const;

function inside(side: 'in' | 'out', atMs = Date.parse('2026-11-25T11:00:00Z')) {
  return { ...emptyMemory, sides: { [sideKey('hall', 'ada')]: { side, atMs } } };
}

test('who is inside does not come in once more, and who is outside does not go out', (t) => {
  const rules: Rules = { antiPassback: { hall: area } };
  t.is(told({ rules }), 'pass', 'nobody knows yet');
  t.is(told({ rules, memory: inside('in') }), 'refuse: anti-passback');
  t.is(told({ rules, memory: inside('in'), terminal: 'back' }), 'pass');
  t.is(told({ rules, memory: inside('out'), terminal: 'back' }), 'refuse: anti-passback');
  t.is(told({ rules, memory: inside('in'), terminal: 'elsewhere' }), 'pass');
});

test('soft anti-passback lets through and says so; whereabouts are forgotten in time', (t) => {
  const soft: Rules = { antiPassback: { hall: { ...area, mode: 'soft' } } };
  const { outcome, findings } = authorise(situation({ rules: soft, memory: inside('in') }));
  t.is(outcome, 'pass');
  t.true(findings.some(({ noteworthy }) => noteworthy));
  const both: Rules = { antiPassback: { a: { ...area, mode: 'soft' }, hall: area } };
  t.is(told({ rules: both, memory: inside('in') }), 'refuse: anti-passback', 'the hard one of two areas decides');
  t.is(
    told({ rules: { antiPassback: { hall: { ...area, forgetAfterMin: 60 } } }, memory: inside('in') }),
    'refuse: anti-passback',
  );
  t.is(told({ rules: { antiPassback: { hall: { ...area, forgetAfterMin: 59 } } }, memory: inside('in') }), 'pass');
});

test('interlocked doors open only while the others are known to be closed', (t) => {
  const rules: Rules = { interlocks: { lock: { terminals: ['front', 'inner'], staleAfterMs: 30_000 } } };
  t.is(told({ rules, otherDoor: () => 'closed' }), 'pass');
  t.is(told({ rules, otherDoor: () => 'open' }), 'refuse: interlock');
  t.is(told({ rules, otherDoor: () => 'unknown' }), 'refuse: interlock');
  t.is(told({ rules, otherDoor: () => 'open', terminal: 'elsewhere' }), 'pass');
});

test('a second factor is asked for, given, missing or locked out', (t) => {
  const rules: Rules = { secondFactors: { vault: { accept: ['pin'], onlyLookAlikes: false } } };
  const withPin = somebody('ada', { pinHash: 'h' });
  t.is(told({ rules, person: withPin }), 'ask: second-factor');
  t.is(told({ rules, person: withPin, ...proven('face', 'pin') }), 'pass');
  t.is(
    told({ rules, person: withPin, ...proven('face', 'card') }),
    'ask: second-factor',
    'a card is not accepted here',
  );
  t.is(told({ rules }), 'refuse: second-factor', 'who has none cannot be asked');
  t.is(told({ rules, person: somebody('ada', { cards: ['1'] }) }), 'refuse: second-factor');
  t.is(told({ rules, person: withPin, lockedMs: 1 }), 'refuse: locked-out');
  t.is(told({ rules, person: withPin, lockedMs: 1, ...proven('face', 'pin') }), 'refuse: locked-out');
  t.is(told({ person: withPin, lockedMs: 1 }), 'pass', 'a face alone is not held back');
});

const factorRules = (...accepted: ('pin' | 'card')[][]): Rules => ({
  secondFactors: Object.fromEntries(accepted.map((accept, i) => [`rule${i}`, { accept, onlyLookAlikes: false }])),
});

test('every rule that asks for a second factor has to be content, in whatever order they stand', (t) => {
  const person = somebody('ada', { pinHash: 'h', cards: ['1'] });
  for (const rules of [factorRules(['pin', 'card'], ['pin']), factorRules(['pin'], ['pin', 'card'])]) {
    t.is(told({ rules, person }), 'ask: second-factor');
    t.is(told({ rules, person, ...proven('face', 'card') }), 'ask: second-factor', 'a card for the lax one only');
    t.is(told({ rules, person, ...proven('face', 'pin') }), 'pass');
    t.is(told({ rules, person: somebody('eve', { cards: ['1'] }) }), 'refuse: second-factor', 'has no PIN');
  }
  const twins = { secondFactors: { twins: { accept: ['card'], onlyLookAlikes: true } } } as const;
  const strict = { secondFactors: { ...twins.secondFactors, ...factorRules(['pin']).secondFactors } };
  t.is(told({ rules: strict, person, lookAlike: 'eve', ...proven('face', 'card') }), 'ask: second-factor');
  t.is(told({ rules: strict, person, lookAlike: 'eve', ...proven('face', 'card', 'pin') }), 'pass');
});

test('one answer that is right for several rules is asked for once, others one after the other', (t) => {
  const person = somebody('ada', { pinHash: 'h', cards: ['1'] });
  const asked = (more: Partial<Situation>) => {
    const { decisive } = authorise(situation({ person, ...more }));
    return [decisive?.accept, decisive?.says];
  };
  t.deepEqual(asked({ rules: factorRules(['pin', 'card'], ['pin']) }), [
    ['pin'],
    'pin is needed within 20 s (rule0 asks for it, rule1 asks for it).',
  ]);
  const apart = factorRules(['pin', 'card'], ['card'], ['pin']);
  t.deepEqual(asked({ rules: apart }), [
    ['card'],
    'card is needed within 20 s (rule0 asks for it, rule1 asks for it), then pin (rule2 asks for it).',
  ]);
  t.deepEqual(asked({ rules: apart, ...proven('face', 'card') }), [
    ['pin'],
    'pin is needed within 20 s (rule2 asks for it).',
  ]);
});

test('nobody is asked for a PIN at a door that stays shut for them', (t) => {
  const rules: Rules = {
    secondFactors: { vault: { accept: ['pin'], onlyLookAlikes: false } },
    permissions: { others: { groups: ['others'] } },
  };
  t.is(told({ rules, person: somebody('ada', { pinHash: 'h' }) }), 'refuse: not-authorised-here');
});

test('look-alikes only are asked where the rule says so', (t) => {
  const rules: Rules = { secondFactors: { twins: { accept: ['pin'], onlyLookAlikes: true } } };
  const person = somebody('ada', { pinHash: 'h' });
  t.is(told({ rules, person }), 'pass');
  t.is(told({ rules, person, lookAlike: 'eve' }), 'ask: second-factor');
});

test('without a face nobody passes, unless the site allows card and PIN', (t) => {
  t.is(told(proven('card', 'pin')), 'refuse: second-factor');
  t.is(told(proven()), 'refuse: second-factor');
  const cardAndPin: Rules = { withoutFace: 'card-and-pin' };
  t.is(told({ rules: cardAndPin, ...proven('card', 'pin') }), 'pass');
  t.is(told({ rules: cardAndPin, ...proven('pin') }), 'refuse: second-factor');
  t.is(told({ rules: cardAndPin, ...proven('card') }), 'refuse: second-factor');
  t.is(told({ rules: { withoutFace: 'id-and-pin' }, ...proven('pin') }), 'pass');
  t.is(told({ rules: { withoutFace: 'id-and-pin' }, ...proven('card') }), 'refuse: second-factor');
});

test('two people are two different people, soon after each other', (t) => {
  const rules: Rules = { twoPerson: { vault: { withinMs: 15_000 } } };
  const companion = (id: string, agoMs: number) => ({ companion: { person: somebody(id), agoMs } });
  t.is(told({ rules }), 'refuse: two-person');
  t.is(told({ rules, ...companion('ada', 1000) }), 'refuse: two-person', 'the same person twice');
  t.is(told({ rules, ...companion('bob', 15_000) }), 'pass');
  t.is(told({ rules, ...companion('bob', 15_001) }), 'refuse: two-person');
  for (const twoPerson of [
    { everywhere: { withinMs: 60_000 }, vault: { withinMs: 15_000 } },
    { vault: { withinMs: 15_000 }, everywhere: { withinMs: 60_000 } },
  ])
    t.is(told({ rules: { twoPerson }, ...companion('bob', 15_001) }), 'refuse: two-person', 'the least time counts');
});

test('the second factor comes before the second person: who counts as one of two may pass', (t) => {
  const rules: Rules = {
    twoPerson: { vault: { withinMs: 15_000 } },
    secondFactors: { vault: { accept: ['pin'], onlyLookAlikes: false } },
  };
  const person = somebody('ada', { pinHash: 'h' });
  t.is(told({ rules, person }), 'ask: second-factor');
  t.is(told({ rules, person, ...proven('face', 'pin') }), 'refuse: two-person');
});
