import test from 'ava';
import { pictureNames } from '../../src/screens/console/picture-names.ts';

/** What each of the files is called, for a list of these people. */
const named = (ids: readonly string[], ...paths: string[]) => pictureNames(paths, new Set(ids));

test('a picture in the folder of somebody is theirs, whatever it and others are called', (t) => {
  t.deepEqual(named(['1001', '1002'], 'all/1001/1001-1.jpg', 'all/1001/front.jpg', 'all/1002/front.jpg'), [
    '1001-1.jpg',
    '1001-2.jpg',
    '1002-1.jpg',
  ]);
  t.deepEqual(
    named(['1', '10'], 'all/1/front.jpg', 'all/1/10.jpg', 'all/10/front.jpg'),
    ['1-1.jpg', '1-2.jpg', '10-1.jpg'],
    '10.jpg of 1 is not the picture of 10',
  );
  t.deepEqual(named(['1001'], 'people/1001 Ada/door/IMG_1.jpg', 'people/1001 Ada/IMG_1.PNG'), [
    '1001-1.jpg',
    '1001-2.PNG',
  ]);
});

test('one folder alone is that of somebody, or of everybody: the list says which', (t) => {
  t.deepEqual(named(['1001'], '1001/IMG_1.jpg', '1001/IMG_2.jpg'), ['1001-1.jpg', '1001-2.jpg']);
  t.deepEqual(named(['1001', '1002'], 'all/1001.jpg', 'all/1002_1.jpg'), ['1001.jpg', '1002_1.jpg']);
});

test('nothing is overwritten, and nothing made up becomes the picture of somebody else', (t) => {
  t.deepEqual(named(['1001'], '1001/a.jpg', '1001-1.jpg', 'x/1001.jpg', 'y/1001.jpg', '1001/b.jpg'), [
    '1001-2.jpg',
    '1001-1.jpg',
    '1001.jpg',
    '1001-3.jpg',
    '1001-4.jpg',
  ]);
  t.deepEqual(named(['1001', '1001-1'], '1001/a.jpg', '1001/1001-1.jpg', '1001-1.jpg'), [
    '1001-2.jpg',
    '1001-3.jpg',
    '1001-1.jpg',
  ]);
});

test('a name that the server would refuse is another one; one of nobody on the list is not sent', (t) => {
  t.deepEqual(named(['1001'], '1001 (1).jpg', '1001(2).jpg', '1001.jpg'), ['1001-1.jpg', '1001-2.jpg', '1001.jpg']);
  t.deepEqual(named(['1001', '10/02'], '1003.jpg', 'holiday/IMG_1.jpg', '1001+2.jpg', '10/02/a.jpg'), [
    null,
    null,
    null,
    null,
  ]);
});
