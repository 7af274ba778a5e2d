import test from 'ava';
import { atHub } from '../../src/console/place.ts';
import { newSetupCode } from '../../src/console/setup-code.ts';
import { TurnedClock } from '../support/commands.ts';

test('the code that was printed is taken, however it is typed, and no other', (t) => {
  const code = newSetupCode(new TurnedClock(), atHub);
  t.regex(code.text, /^[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}$/);
  for (const typed of [
    code.text,
    code.text.toLowerCase(),
    code.text.replace('-', ''),
    ` ${code.text.replace('-', ' ')} `,
  ])
    t.notThrows(() => code.assert(typed), typed);
  for (const typed of ['', code.text.slice(0, -1), `${code.text}2`, newSetupCode(new TurnedClock(), atHub).text])
    t.throws(() => code.assert(typed), { code: 'console.code-wrong' }, typed);
});

test('ten wrong ones in a minute, and nobody is heard until it is over, not even with the right one', (t) => {
  const clock = new TurnedClock();
  const code = newSetupCode(clock, atHub);
  for (let i = 0; i < 10; i++) {
    clock.pass(1000);
    t.throws(() => code.assert('AAAA-AAAA'), { code: 'console.code-wrong' });
  }
  t.throws(() => code.assert(code.text), { code: 'session.too-many' });
  clock.pass(51_000);
  t.notThrows(() => code.assert(code.text));
});

test('every start has a code of its own', (t) => {
  const codes = new Set(Array.from({ length: 100 }, () => newSetupCode(new TurnedClock(), atHub).text));
  t.is(codes.size, 100);
});
