import test from 'ava';
import { parse } from 'yaml';
import { withPacks } from '../../src/models/edit-pack-setting.ts';

const cases: Array<[string, string, string[], string]> = [
  [
    'a name',
    'recognition:\n  pack: old # why\n  window: 5\n',
    ['new'],
    'recognition:\n  pack: new # why\n  window: 5\n',
  ],
  [
    'a name in quotes by a list',
    'a: 1\nrecognition: # eyes\n    # one\n    pack: "old"\n',
    ['x', './y'],
    'a: 1\nrecognition: # eyes\n    # one\n    pack: [x, ./y]\n',
  ],
  [
    'a list in lines',
    'recognition:\n  pack:\n    - a\n    - b\n  window: 5\nlog: {}\n',
    ['c'],
    'recognition:\n  pack:\n    c\n  window: 5\nlog: {}\n',
  ],
  ['a list in brackets', 'recognition:\n  pack: [a, b]', ['c', 'd'], 'recognition:\n  pack: [c, d]'],
  [
    'what is not there, before the comment of what is',
    'recognition:\n  # strict\n  window: 5\nx: 1\n',
    ['c'],
    'recognition:\n  pack: c\n  # strict\n  window: 5\nx: 1\n',
  ],
  ['what is not there in an empty section', 'recognition:\nx: 1\n', ['c'], 'recognition:\n  pack: c\nx: 1\n'],
  ['what is not there in braces', 'recognition: { window: 5 }\n', ['c'], 'recognition: { pack: c, window: 5 }\n'],
  ['what is not there in empty braces', 'recognition: {}\n', ['c'], 'recognition: { pack: c }\n'],
  ['what is not there at the end', 'x: 1', ['c'], 'x: 1\n\nrecognition:\n  pack: c\n'],
  ['what is not there in a last line without end', 'x: 1\nrecognition:', ['c'], 'x: 1\nrecognition:\n  pack: c\n'],
];

for (const [name, text, packs, expected] of cases) {
  test(`the setting replaces ${name}`, (t) => {
    const edited = withPacks(text, packs);
    t.is(edited, expected);
    t.deepEqual([parse(edited).recognition.pack].flat(), packs);
  });
}
