import test from 'ava';
import { done } from '../../src/gpio/libc.ts';

const [interrupted, ioError] = [4, 5];

test('a call that a signal cuts short is made again', (t) => {
  const results = [-1, -1, 0];
  let calls = 0;
  done(
    'poll',
    () => results[calls++]!,
    () => interrupted,
  );
  t.is(calls, 3);
});

test('a call that fails says which and why', (t) => {
  const error = t.throws(() =>
    done(
      'poll',
      () => -1,
      () => ioError,
    ),
  );
  t.is(error.message, 'EIO: poll failed');
  t.is((error as NodeJS.ErrnoException).code, 'EIO');
});
