import { createHash } from 'node:crypto';
import test from 'ava';
import fc from 'fast-check';
import type { LimenEvent } from '../../src/domain/event.ts';
import { canonicalJson, chainStart, follows, genesisHash, hashOf, startsAnew } from '../../src/journal/chain.ts';

const unsealed = {
  seq: 1,
  id: '01ARZ3NDEKTSV4RRFFQ69G5FAV',
  terminal: 'north',
  at: '2025-06-01T12:00:00.000Z',
  clock: 'synced',
  kind: 'clock.stepped',
  body: { byMs: 5 },
  previousHash: genesisHash,
} as const;
const event: LimenEvent = { ...unsealed, hash: hashOf(unsealed) };

test('the hash is SHA-256 over these very bytes', (t) => {
  const bytes =
    `{"at":"2025-06-01T12:00:00.000Z","body":{"byMs":5},"clock":"synced","id":"01ARZ3NDEKTSV4RRFFQ69G5FAV",` +
    `"kind":"clock.stepped","previousHash":"${'0'.repeat(64)}","seq":1,"terminal":"north"}`;
  t.is(event.hash, createHash('sha256').update(bytes).digest('hex'));
});

test("RFC 8785's own example of sorting comes out as there", (t) => {
  const value = { '\u20ac': 'Euro Sign', '\r': 'Carriage Return', '\ufb33': 'Hebrew', '1': 'One', '\u0080': 'Control' };
  t.is(
    canonicalJson({ ...value, '\ud83d\ude00': 'Smiley', ö: 'o' }),
    '{"\\r":"Carriage Return","1":"One","\u0080":"Control","ö":"o","\u20ac":"Euro Sign","\ud83d\ude00":"Smiley","\ufb33":"Hebrew"}',
  );
  t.is(canonicalJson([333333333.3333333, 1e30, 4.5, 2e-3, 1e-27, -0]), '[333333333.3333333,1e+30,4.5,0.002,1e-27,0]');
});

test('a journey over the wire changes neither the canonical form nor the hash', (t) => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const there = canonicalJson(value);
      t.is(canonicalJson(JSON.parse(JSON.stringify(value))), there);
      t.deepEqual(JSON.parse(there), JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('what JSON cannot say is written as JSON.stringify writes it, instead of losing the event', (t) => {
  t.is(
    canonicalJson({ b: undefined, a: Number.NaN, c: [undefined, Number.POSITIVE_INFINITY] }),
    '{"a":null,"c":[null,null]}',
  );
});

test('a change to any field breaks the chain', (t) => {
  t.true(follows(chainStart, event));
  const changes: Partial<Record<keyof LimenEvent, unknown>>[] = [
    { id: '01ARZ3NDEKTSV4RRFFQ69G5FAW' },
    { terminal: 'south' },
    { at: '2025-06-01T12:00:00.001Z' },
    { clock: 'unsynced' },
    { kind: 'terminal.stopped' },
    { body: { byMs: 6 } },
    { seq: 2 },
    { previousHash: '1'.repeat(64) },
    { hash: '1'.repeat(64) },
  ];
  for (const change of changes)
    t.false(follows(chainStart, { ...event, ...change } as LimenEvent), JSON.stringify(change));
  t.false(follows({ seq: 1, hash: event.hash }, event));
});

test('after a loss a chain begins anew, forwards only', (t) => {
  const restart = {
    ...unsealed,
    seq: 500,
    kind: 'journal.recovered',
    body: { code: 'x', reason: 'y', keptUpTo: 1 },
  } as const;
  const sealed: LimenEvent = { ...restart, hash: hashOf(restart) };
  t.true(startsAnew(sealed));
  t.true(follows({ seq: 1, hash: event.hash }, sealed));
  t.false(follows({ seq: 500, hash: event.hash }, sealed));
  t.false(startsAnew(event));
});
