import test from 'ava';
import { checkPin, hashPin, isPinHash } from '../../src/access/pin.ts';

test('a PIN is known again by its hash, and two hashes of one PIN differ', async (t) => {
  const [pinHash, again] = await Promise.all([hashPin('2580'), hashPin('2580')]);
  t.true(isPinHash(pinHash));
  t.not(pinHash, again);
  t.is(await checkPin('2580', { pinHash }), 'pin');
  t.is(await checkPin('2581', { pinHash }), null);
  t.is(await checkPin('25800', { pinHash }), null);
});

test('the PIN under duress is another one, and is told apart', async (t) => {
  const [pinHash, duressPinHash] = await Promise.all([hashPin('2580'), hashPin('8520')]);
  t.is(await checkPin('8520', { pinHash, duressPinHash }), 'duress');
  t.is(await checkPin('2580', { pinHash, duressPinHash }), 'pin');
  t.is(await checkPin('0852', { pinHash, duressPinHash }), null);
});

test('nobody, and whoever has no PIN, is let in by none', async (t) => {
  for (const pin of ['2580', '', '0000']) {
    t.is(await checkPin(pin, null), null);
    t.is(await checkPin(pin, {}), null);
    t.is(await checkPin(pin, { pinHash: 'rubbish' }), null);
  }
});

test('what is no PIN, or everybody’s first guess, is refused', async (t) => {
  for (const pin of ['123', '1234567890123', '12a4', '', '1111', '1234', '9876', '0123'])
    await t.throwsAsync(hashPin(pin), { code: 'access.pin-invalid' }, pin);
});

test('a hash that would keep a terminal busy is none', async (t) => {
  const hash = await hashPin('2580');
  for (const n of [2 ** 18, 0, 3, 1]) t.false(isPinHash(hash.replace(String(2 ** 14), String(n))), String(n));
});
