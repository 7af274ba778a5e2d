import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { guidanceWords } from '../../src/domain/guidance.ts';
import { loadWords } from '../../src/kiosk/words.ts';
import { packageRoot } from '../../src/runtime/package-root.ts';
import { temporaryFolders } from '../support/folders.ts';

const folder = temporaryFolders(test);
const source = join(packageRoot(), 'src/screens');
const wordsOf = (language: string): Record<string, string> =>
  JSON.parse(readFileSync(join(source, 'words', `${language}.json`), 'utf8'));

test('English and Vietnamese have the same sentences, with the same places to put something in', (t) => {
  const [english, vietnamese] = [wordsOf('en'), wordsOf('vi')];
  t.deepEqual(Object.keys(vietnamese), Object.keys(english));
  const places = (sentence: string) => [...sentence.matchAll(/\{\w+\}/g)].map(String).sort();
  for (const [key, sentence] of Object.entries(english)) {
    t.deepEqual(places(vietnamese[key]!), places(sentence), key);
    t.not(vietnamese[key]!.trim(), '', key);
  }
});

test('every guidance has a sentence, and every sentence that the screen says is there', (t) => {
  const english = wordsOf('en');
  for (const guidance of Object.keys(guidanceWords)) t.truthy(english[`guidance.${guidance}`], guidance);
  for (const file of readdirSync(join(source, 'kiosk')).filter((name) => name.endsWith('.tsx'))) {
    const code = readFileSync(join(source, 'kiosk', file), 'utf8');
    for (const [, key] of code.matchAll(/say\('([\w.-]+)'/g)) t.truthy(english[key!], `${file}: ${key}`);
  }
});

test('another language is one file: what it leaves out stays English and is told', (t) => {
  const file = join(folder(), 'nl.json');
  writeFileSync(file, JSON.stringify({ tag: 'nl', 'granted.title': 'Welkom' }));
  let missing: readonly string[] = [];
  const words = loadWords({ language: 'en', languageFile: file }, (keys) => {
    missing = keys;
  });
  t.is(words['granted.title'], 'Welkom');
  t.is(words['granted.text'], 'Please come in');
  t.true(missing.includes('granted.text'));
});

test('a file that is none, or says what no screen says, is refused with its mend', (t) => {
  const place = folder();
  const load = (text: string) => {
    writeFileSync(join(place, 'x.json'), text);
    return () => loadWords({ language: 'en', languageFile: join(place, 'x.json') });
  };
  t.throws(load('{"granted.titel": "Welkom"}'), { message: /"granted.titel", which no screen knows/ });
  t.throws(load('[]'), { message: /not a JSON object of texts/ });
  t.throws(load('{"looking": 7}'), { message: /not a JSON object of texts/ });
  t.throws(() => loadWords({ language: 'en', languageFile: join(place, 'none.json') }), {
    code: 'file.unreadable',
  } as object);
});
