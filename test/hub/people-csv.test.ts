import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { peopleInCsv } from '../../src/hub/people-csv.ts';
import { picturesById } from '../../src/hub/pictures.ts';
import { temporaryFolders } from '../support/folders.ts';

const folder = temporaryFolders(test);

test('a list is read whatever parts its columns, with lines, lists and quotes', (t) => {
  for (const by of [',', ';', '\t']) {
    const header = ['ID', 'Name', 'Groups', 'valid_until'].join(by);
    const rows = peopleInCsv(
      Buffer.from(
        `\uFEFF${header}\r\n1001${by}"Ada ""A"" Lovelace"${by}staff | night|staff${by}\r\n\r\n1002${by}Bo${by}${by}2027-01-01T00:00:00Z`,
      ),
      'staff.csv',
    );
    t.deepEqual(
      rows.map(({ line, id, name, groups, validUntil }) => [line, id, name, groups, validUntil]),
      [
        [2, '1001', 'Ada "A" Lovelace', ['staff', 'night'], null],
        [4, '1002', 'Bo', [], '2027-01-01T00:00:00Z'],
      ],
    );
  }
});

test('who has no face is said to be so, in words: an empty cell never says it', (t) => {
  const rows = peopleInCsv(
    Buffer.from('id,name,cards,pin,face\n1,A,7,,no\n2,B,,2580,No\n3,C,,,\n4,D,,,yes\n'),
    'staff.csv',
  );
  t.deepEqual(
    rows.map(({ withoutFace, pin }) => [withoutFace, pin]),
    [
      [true, null],
      [true, '2580'],
      [false, null],
      [false, null],
    ],
  );
  t.throws(() => peopleInCsv(Buffer.from('id,name,face\n1,A,none\n'), 'staff.csv'), {
    code: 'usage.invalid',
    message: /line 2: the column face says "none"/,
  });
});

test('what cannot be read is refused whole, naming the column or the line', (t) => {
  const refused = (text: string | Uint8Array, message: RegExp) =>
    t.throws(() => peopleInCsv(typeof text === 'string' ? Buffer.from(text) : text, 'staff.csv'), {
      code: 'usage.invalid',
      message,
    });
  refused('id,name,shoe\n', /column "shoe"/);
  refused('id\n1\n', /no column name/);
  refused('id,name,ID\n', /two columns id/);
  refused('id,name\n1,A,surplus\n', /line 2|Invalid Record Length/);
  refused('id,name\n1,"open\n', /cannot be read as CSV/);
  refused(Uint8Array.of(0x69, 0x64, 0x2c, 0xe4), /not UTF-8/);
});

test('pictures lie side by side or in folders, an id that ends in a number goes before, strangers are counted', (t) => {
  const at = folder();
  const put = (name: string) => writeFileSync(join(at, name), '');
  for (const name of ['7.jpg', '7-1.JPG', '7_2.png', 'a-1.jpg', 'a-1-2.jpg', '8.jpg', 'notes.txt']) put(name);
  mkdirSync(join(at, '9 Nine Person'));
  put('9 Nine Person/x.webp');
  const { of, leftOver } = picturesById(at, new Set(['7', 'a', 'a-1', '9']));
  const names = (id: string) => of(id).map((file) => file.slice(at.length + 1));
  t.deepEqual(names('7'), ['7-1.JPG', '7.jpg', '7_2.png']);
  t.deepEqual([names('a'), names('a-1')], [[], ['a-1-2.jpg', 'a-1.jpg']]);
  t.deepEqual(names('9'), ['9 Nine Person/x.webp']);
  t.deepEqual(leftOver, [join(at, '8.jpg')]);
});
