import test from 'ava';
import { isLimenError } from '../../src/domain/errors.ts';
import { isGenuine, parsePairs, refold } from '../../src/evaluate/pairs-file.ts';

const sound = '2\t1\nAda\t1\t4\nAda\t1\tBo_Li\t2\nCy\t2\t3\nBo_Li\t1\tCy\t10\n';

test("LFW's own form: folds, one person in three columns, two in four", (t) => {
  const pairs = parsePairs(sound, 'pairs.txt');
  t.is(pairs.length, 4);
  t.deepEqual(pairs[0], { a: { person: 'Ada', number: 1 }, b: { person: 'Ada', number: 4 }, fold: 0, line: 2 });
  t.deepEqual(pairs[3], { a: { person: 'Bo_Li', number: 1 }, b: { person: 'Cy', number: 10 }, fold: 1, line: 5 });
  t.deepEqual(pairs.map(isGenuine), [true, false, true, false]);
});

test('what editors and other systems make of it reads the same', (t) => {
  const expected = parsePairs(sound, 'p');
  t.deepEqual(parsePairs(sound.replaceAll('\n', '\r\n'), 'p'), expected);
  t.deepEqual(parsePairs(`\ufeff${sound.replaceAll('\n', '\r')}`, 'p'), expected);
  t.deepEqual(parsePairs(`${sound.replaceAll('\t', '  ')}\n\n`, 'p'), expected);
  t.deepEqual(
    parsePairs('1\nAda\t1\t2\nAda\t1\tBo\t1', 'p').map(({ fold }) => fold),
    [0, 0],
  );
});

const broken: [what: string, text: string, says: RegExp][] = [
  ['an empty file', '', /^pairs\.txt:1: the first line is ""/],
  ['no header', 'Ada\t1\t2\n', /^pairs\.txt:1: .*Ada/],
  ['a file cut short', sound.slice(0, sound.lastIndexOf('Bo_Li')), /promises 2 × 2 × 1 = 4 pairs, and there are 3/],
  ['two columns', '1\t1\nAda\t1\nAda\t1\tBo\t1', /^pairs\.txt:2: there are 2 columns/],
  ['five columns', '1\t1\nAda\t1\t2\nAda\t1\tBo\t1\t7', /^pairs\.txt:3: there are 5 columns/],
  ['an empty column', '1\t1\nAda\t1\t2\n\t1\tBo\t1', /^pairs\.txt:3: there are 4 columns/],
  ['a word for a number', '1\t1\nAda\tone\t2\nAda\t1\tBo\t1', /^pairs\.txt:2: "one" is not the number/],
  ['a number that is zero', '1\t1\nAda\t0\t2\nAda\t1\tBo\t1', /^pairs\.txt:2: "0" is not the number/],
  [
    'a picture with itself',
    '1\t1\nAda\t2\t2\nAda\t1\tBo\t1',
    /^pairs\.txt:2: picture 2 of Ada is compared with itself/,
  ],
  ['one person as two', '1\t1\nAda\t1\t2\nAda\t1\tAda\t2', /^pairs\.txt:3: Ada is compared with Ada/],
];
for (const [what, text, says] of broken) {
  test(`${what} is named with its line and its mend`, (t) => {
    const error = t.throws(() => parsePairs(text, 'pairs.txt'));
    t.true(isLimenError(error, 'evaluate.pairs-invalid'), String(error));
    t.regex(error!.message, says);
    t.truthy((error as { hint?: string }).hint);
  });
}

test('dealing out anew keeps every pair and both kinds in every fold', (t) => {
  const pairs = parsePairs(sound, 'p');
  const dealt = refold(pairs, 2);
  t.deepEqual(dealt.map(({ line }) => line).sort(), [2, 3, 4, 5]);
  for (const fold of [0, 1]) t.is(dealt.filter((pair) => pair.fold === fold && isGenuine(pair)).length, 1);
  t.throws(() => refold(pairs, 3), { code: 'usage.invalid' });
});
