import test from 'ava';
import fc from 'fast-check';
import { EdgeTrack } from '../../src/gpio/edge-track.ts';
import type { Level } from '../../src/gpio/gpio.ts';

test('edges that come as they should are told as they are', (t) => {
  const track = new EdgeTrack(0);
  t.deepEqual(track.event({ level: 1, atMs: 5, seq: 1 }), [{ level: 1, atMs: 5 }]);
  t.deepEqual(track.event({ level: 0, atMs: 6, seq: 2 }), [{ level: 0, atMs: 6 }]);
  t.deepEqual(track.reading({ level: 0, atMs: 7 }), []);
});

test('a press whose release was lost is told with the release', (t) => {
  const track = new EdgeTrack(0);
  track.event({ level: 1, atMs: 1, seq: 1 });
  t.deepEqual(track.event({ level: 1, atMs: 9, seq: 4 }), [
    { level: 0, atMs: 9 },
    { level: 1, atMs: 9 },
  ]);
});

test('an event that repeats what a reading has told already is an echo', (t) => {
  const track = new EdgeTrack(0);
  t.deepEqual(track.reading({ level: 1, atMs: 4 }), [{ level: 1, atMs: 4 }]);
  t.deepEqual(track.event({ level: 1, atMs: 3, seq: 1 }), []);
});

test('whatever is lost, changes alternate and end at the level that is read', (t) => {
  const happened = fc.array(fc.record({ lost: fc.boolean(), level: fc.constantFrom<Level>(0, 1) }), { maxLength: 40 });
  fc.assert(
    fc.property(fc.constantFrom<Level>(0, 1), happened, fc.constantFrom<Level>(0, 1), (first, events, last) => {
      const track = new EdgeTrack(first);
      const told = events.flatMap(({ lost, level }, index) =>
        lost ? [] : track.event({ level, atMs: index, seq: index + 1 }),
      );
      told.push(...track.reading({ level: last, atMs: events.length }));
      const levels = [first, ...told.map(({ level }) => level)];
      return levels.every((level, index) => index === 0 || level !== levels[index - 1]) && levels.at(-1) === last;
    }),
  );
  t.pass();
});
