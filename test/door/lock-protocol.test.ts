import test from 'ava';
import { lineSplitter, longestLineBytes, parseRequest } from '../../src/door/lock-protocol.ts';

test('every request is read', (t) => {
  t.deepEqual(parseRequest('{"id":1,"lease":3000}'), { id: 1, lease: 3000 });
  t.deepEqual(parseRequest('{"id":2,"secure":"closing"}'), { id: 2, secure: 'closing' });
  t.deepEqual(parseRequest('{"id":3,"beat":true}'), { id: 3, beat: true });
  t.deepEqual(parseRequest('{"id":4,"lease":3000,"egress":true}'), { id: 4, lease: 3000, egress: true });
  t.deepEqual(parseRequest('{"id":5,"hold":3000}'), { id: 5, hold: 3000 });
  t.deepEqual(parseRequest('{"id":6,"lockdown":true}'), { id: 6, lockdown: true });
  t.deepEqual(parseRequest('{"id":7,"lift":true}'), { id: 7, lift: true });
});

for (const line of [
  '',
  'open',
  'null',
  '[]',
  '{"id":1}',
  '{"lease":3000}',
  '{"id":1,"lease":-1}',
  '{"id":1,"lease":0}',
  '{"id":1,"lease":1e400}',
  '{"id":1,"lease":"3000"}',
  '{"id":1,"lease":3000,"secure":"x"}',
  '{"id":1,"lease":3000,"forever":true}',
  '{"id":1,"beat":false}',
  '{"id":1,"lease":3000,"egress":false}',
  '{"id":1,"hold":0}',
  '{"id":1,"lockdown":false}',
  '{"id":1,"lift":true,"lockdown":true}',
]) {
  test(`refused: ${line === '' ? 'an empty line' : line}`, (t) => {
    t.throws(() => parseRequest(line));
  });
}

test('lines are cut wherever the chunks end, and a line without end is refused', (t) => {
  const lines: string[] = [];
  const take = lineSplitter((line) => lines.push(line));
  for (const chunk of ['{"a"', ':1}\n{"b":2}', '\n', 'ü'.slice(0, 1)]) take(Buffer.from(chunk));
  t.deepEqual(lines, ['{"a":1}', '{"b":2}']);
  t.throws(() => take(Buffer.alloc(longestLineBytes + 1, 120)));
});
