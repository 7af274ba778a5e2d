import test from 'ava';
import { authorise } from '../../../src/access/rules/authorise.ts';
import type { Factor, Rules } from '../../../src/access/rules/rules.ts';
import { missingWithoutFace, shownBy, wayWithoutFace } from '../../../src/access/rules/without-face.ts';
import { situation, somebody } from './situation.ts';

const bo = somebody('Bo', { templates: [], cards: ['4711'], pinHash: 'h' });
const cardOnly = somebody('Cy', { templates: [], cards: ['4712'] });
const cardAndPin: Rules = { withoutFace: 'card-and-pin' };
const idAndPin: Rules = { withoutFace: 'id-and-pin' };

const told = (person: typeof bo, rules: Rules, ...proven: Factor[]) => {
  const { outcome, decisive } = authorise(situation({ person, rules, proven: new Set(proven) }));
  return outcome === 'pass' ? outcome : `${outcome}: ${decisive?.says}`;
};

test('a face counts for nothing where there is none enrolled, whoever says it was seen', (t) => {
  t.regex(told(bo, {}, 'face'), /^refuse: Bo has no face here, and nobody passes without one/);
  t.regex(
    told(bo, cardAndPin, 'face', 'card'),
    /^refuse: Bo passes without a face by card and PIN\. So far: face and card\.$/,
  );
  t.is(told(bo, cardAndPin, 'card', 'pin'), 'pass');
  t.is(told(bo, idAndPin, 'pin'), 'pass');
});

test('what is missing is named, and who cannot have it is told so', (t) => {
  t.deepEqual(missingWithoutFace(bo, new Set(['card']), cardAndPin), ['pin']);
  t.deepEqual(missingWithoutFace(bo, new Set(['pin']), cardAndPin), ['card']);
  t.deepEqual(missingWithoutFace(bo, new Set(['card']), idAndPin), ['pin']);
  t.deepEqual(missingWithoutFace(bo, new Set(['card', 'pin']), cardAndPin), []);
  t.is(missingWithoutFace(bo, new Set(['card', 'pin']), {}), null);
  t.is(missingWithoutFace(cardOnly, new Set(['card']), cardAndPin), null);
  t.deepEqual(wayWithoutFace(cardOnly, cardAndPin), {
    ...{ suffices: false, says: 'Cy passes without a face by card and PIN, and has no PIN.' },
  });
  t.true(wayWithoutFace(bo, idAndPin).suffices);
});

test('where it is for those without a face only, nobody who has one does without it', (t) => {
  const ada = somebody('Ada', { cards: ['4713'], pinHash: 'h' });
  const those: Rules = { ...cardAndPin, withoutFaceFor: 'those-without' };
  t.is(told(ada, cardAndPin, 'card', 'pin'), 'pass');
  t.is(told(ada, those, 'card', 'pin'), 'refuse: The face of Ada was not seen.');
  t.is(missingWithoutFace(ada, new Set(['card', 'pin']), those), null);
  t.is(told(bo, those, 'card', 'pin'), 'pass');
  t.is(told(ada, { ...cardAndPin, withoutFaceFor: 'everybody' }, 'card', 'pin'), 'pass');
});

test('asked without a word about what they show, who has no face shows all that they have', (t) => {
  t.deepEqual(shownBy(bo, []), ['card', 'pin']);
  t.deepEqual(shownBy(bo, ['face']), ['card', 'pin']);
  t.deepEqual(shownBy(bo, ['face', 'card']), ['card']);
  t.deepEqual(shownBy(somebody('ada', { cards: ['1'] }), []), ['face']);
});
