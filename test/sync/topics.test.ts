import test from 'ava';
import { filterMatches, topicsOf } from '../../src/sync/topics.ts';

const topics = topicsOf('plant-1');

test('every topic that is built is understood again', (t) => {
  t.deepEqual(topics.parse(topics.head), { kind: 'head' });
  t.deepEqual(topics.parse(topics.person('p.01')), { kind: 'person', personId: 'p.01' });
  t.deepEqual(topics.parse(topics.change('p.01')), { kind: 'change', personId: 'p.01' });
  t.deepEqual(topics.parse(topics.list('0f')), { kind: 'list', bucket: '0f' });
  t.deepEqual(topics.parse(topics.want('door-1')), { kind: 'want', terminal: 'door-1' });
  for (const kind of ['status', 'event', 'ack', 'command', 'result'] as const) {
    t.deepEqual(topics.parse(topics[kind]('door-1')), { kind, terminal: 'door-1' });
  }
});

test('what is not a topic of this site means nothing', (t) => {
  for (const topic of [
    'limen/plant-2/gallery/head',
    'limen/plant-1/gallery/head/x',
    'limen/plant-1/gallery/person/00/a b',
    'limen/plant-1/gallery/person/00/',
    'limen/plant-1/gallery/person/00/p.01',
    'limen/plant-1/gallery/list/zz',
    'limen/plant-1/terminal/door-1/unknown',
    'limen/plant-1/terminal/../event',
    'limen/plant-1',
    '',
  ]) {
    t.is(topics.parse(topic), null, topic);
  }
});

test('filters cover what MQTT says they cover', (t) => {
  t.true(filterMatches(topics.everyChange, topics.change('a')));
  t.true(filterMatches(topics.everyoneIn('ca'), topics.person('a')));
  t.true(filterMatches(topics.everyEvent, topics.event('a')));
  t.false(filterMatches(topics.everyChange, topics.head));
  t.false(filterMatches(topics.everyChange, `${topics.change('a')}/b`));
  t.false(filterMatches('a/+', 'a'));
  t.true(filterMatches('a/#', 'a/b/c'));
});
