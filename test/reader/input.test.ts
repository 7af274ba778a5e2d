import test from 'ava';
import { cardNumber } from '../../src/reader/card-number.ts';
import { inputFrom } from '../../src/reader/input.ts';

// Facility 123, number 45678: 01111011 1011001001101110; the first half has 6 + 3 = 9 ones, so the even bit is 1; the second 6, so the odd bit is 1.
const code = 0b1_01111011_1011001001101110_1;

test('a Wiegand code of 26 bits is facility and number, and one wrong bit is no card', (t) => {
  t.is(cardNumber(code.toString(16), 'wiegand26-hex'), '123-45678');
  t.is(cardNumber(String(code), 'wiegand26-decimal'), '123-45678');
  for (let bit = 0; bit < 26; bit++)
    t.is(cardNumber(String(code ^ (1 << bit)), 'wiegand26-decimal'), null, String(bit));
  t.is(cardNumber(String(2 ** 26 + code), 'wiegand26-decimal'), null);
});

test('cards and PINs are told apart by the reader, or by a word', (t) => {
  const both = { gives: 'both', card: 'number' } as const;
  t.deepEqual(inputFrom('card 004711', both), { kind: 'card', number: '4711' });
  t.deepEqual(inputFrom('pin 2580', both), { kind: 'pin', digits: '2580' });
  t.deepEqual(inputFrom('1001*2580#', both), { kind: 'claim', personId: '1001', digits: '2580' });
  t.is(inputFrom('2580', both), null);
  t.deepEqual(inputFrom('2580', { gives: 'pin', card: 'number' }), { kind: 'pin', digits: '2580' });
  t.is(inputFrom('pin 2580', { gives: 'card', card: 'number' }), null);
  t.is(inputFrom('card 4711', { gives: 'pin', card: 'number' }), null);
  t.is(inputFrom('../x*2580', { gives: 'pin', card: 'number' }), null);
});

test('what is too short for a PIN is a key of a time clock, where the reader has keys', (t) => {
  const pad = { gives: 'pin', card: 'number' } as const;
  t.deepEqual(inputFrom('1#', pad), { kind: 'key', code: '1' });
  t.deepEqual(inputFrom('f2', pad), { kind: 'key', code: 'F2' });
  t.deepEqual(inputFrom('1234', pad), { kind: 'pin', digits: '1234' });
  const both = { gives: 'both', card: 'number' } as const;
  t.deepEqual(inputFrom('key 2', both), { kind: 'key', code: '2' });
  for (const line of ['2', 'key 2580', 'key', 'key *']) t.is(inputFrom(line, both), null, line);
  t.deepEqual(inputFrom('card 2', both), { kind: 'card', number: '2' });
  t.is(inputFrom('key 2', { gives: 'card', card: 'number' }), null);
});
