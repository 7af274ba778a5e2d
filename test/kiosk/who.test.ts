import test from 'ava';
import { shownName } from '../../src/kiosk/who.ts';

test('names are shown as the site wants them, whatever alphabet they are in', (t) => {
  t.is(shownName('Ada Lovelace', 'name'), 'Ada Lovelace');
  t.is(shownName('Ada Lovelace', 'none'), null);
  t.is(shownName('Ada Lovelace', 'initials'), 'AL');
  t.is(shownName('  ada   maria-louise king lovelace ', 'initials'), 'AML');
  t.is(shownName('Đỗ Ánh', 'initials'), 'ĐÁ');
  // The same letter as a letter and a mark.
  t.is(shownName('A\u0301nh', 'initials'), 'A\u0301');
  t.is(shownName('', 'initials'), null);
});
