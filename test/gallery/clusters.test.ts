import test from 'ava';
import { enrolmentClusters, visitorClusters } from '../../src/gallery/clusters.ts';
import { atAngle, galleryWith, personWith, sphereFigures } from './sphere.ts';

test('a gallery in which every face has one name has no clusters to look at', (t) => {
  const gallery = galleryWith([
    personWith('ada', [atAngle(0), atAngle(0.01), atAngle(0.02)]),
    personWith('bob', [atAngle(1), atAngle(1.01)]),
    personWith('new', []),
  ]);
  t.like(enrolmentClusters(gallery, sphereFigures), { split: [], mixed: [] });
});

test('one face under two names, and two faces under one', (t) => {
  const gallery = galleryWith([
    personWith('ada', [atAngle(0), atAngle(0.01)]),
    personWith('ada-again', [atAngle(0.005)]),
    personWith('mix', [atAngle(2), atAngle(3), atAngle(3.01)]),
  ]);
  const { split, mixed } = enrolmentClusters(gallery, sphereFigures);
  t.deepEqual(split, [{ personId: 'mix', parts: [[1, 2], [0]] }]);
  t.deepEqual(
    mixed.map(({ people }) => people),
    [['ada', 'ada-again']],
  );
  t.deepEqual(mixed[0]?.templates.at(-1), { personId: 'ada-again', position: 0 });
});

test('a picture that was filed under the wrong person shows up on both sides', (t) => {
  const gallery = galleryWith([
    personWith('ada', [atAngle(0), atAngle(0.01), atAngle(2.002)]),
    personWith('bob', [atAngle(2), atAngle(2.01)]),
  ]);
  const { split, mixed } = enrolmentClusters(gallery, sphereFigures);
  t.deepEqual(split[0]?.parts, [[0, 1], [2]]);
  t.true(mixed[0]?.templates.some(({ personId, position }) => personId === 'ada' && position === 2));
  t.false(mixed[0]?.templates.some(({ personId, position }) => personId === 'ada' && position === 0));
});

test('an unknown visitor who comes again is one; tries within a quarter of an hour are one visit', (t) => {
  const at = (day: number, time: string) => `2026-11-0${day}T${time}:00.000Z`;
  const foreign = { ...atAngle(0), model: 'other/1' };
  const visits = [
    { at: at(1, '08:00'), template: atAngle(1) },
    { at: at(1, '08:10'), template: atAngle(1.005) },
    { at: at(1, '09:00'), template: atAngle(3) },
    { at: at(2, '08:00'), template: atAngle(1.01) },
    { at: at(2, '08:05'), template: foreign },
  ];
  const { recurring, single, foreign: others } = visitorClusters(visits, sphereFigures);
  t.deepEqual(recurring, [{ visits: [at(1, '08:00'), at(2, '08:00')], tries: 3 }]);
  t.is(single, 1);
  t.is(others, 1);
  t.like(visitorClusters([], sphereFigures), { recurring: [], single: 0, foreign: 0 });
});
