import test from 'ava';
import { passwordQueue } from '../../src/console/password-queue.ts';
import { password, startConsole } from './support/console.ts';

test('as many wait as may, in their order; one more is turned away before it begins, unless they are known, and comes in later', async (t) => {
  const { run, runIfShort } = passwordQueue({ mostWaiting: 2 });
  const begun: number[] = [];
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const task = (n: number, how = runIfShort) =>
    how(async () => {
      begun.push(n);
      await gate;
      if (n === 2) throw new Error('of its own');
    });
  const those = [1, 2, 3].map((n) => task(n));
  await t.throwsAsync(task(4), { code: 'session.busy' });
  const known = task(5, run);
  open();
  t.deepEqual(
    (await Promise.allSettled(those)).map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
  await known;
  await task(6);
  t.deepEqual(begun, [1, 2, 3, 5, 6]);
});

test('a flood of sign-ins is turned away with a time to come back, and leaves no trace of its own', async (t) => {
  const { server, desk } = await startConsole(t);
  const signIn = (name: string, from: string) =>
    server.inject({
      ...{ method: 'POST', url: '/api/session', headers: { 'x-limen': '1' }, remoteAddress: from },
      payload: { name, password },
    });
  const answers = await Promise.all(Array.from({ length: 30 }, (_, n) => signIn('eve', `192.0.2.${n}`)));
  const busy = answers.filter(({ statusCode }) => statusCode === 503);
  t.is(busy.length, 21, 'one is hashed, eight wait');
  for (const answer of busy) {
    t.is(answer.json().code, 'session.busy');
    t.is(answer.headers['retry-after'], '5');
  }
  t.is(answers.filter(({ statusCode }) => statusCode === 401).length, 9);
  const written = (await desk.audit.entries()).filter(({ action }) => action === 'session.refused');
  t.is(written.length, 5, 'the first ones by themselves');
  t.is((await signIn('operator', '192.0.2.99')).statusCode, 200);
});
