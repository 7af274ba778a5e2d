import test from 'ava';
import type { Deed } from '../../src/console/audit.ts';
import { refusals } from '../../src/console/refusals.ts';
import type { Timers } from '../../src/domain/timers.ts';
import { createLogger } from '../../src/runtime/logger.ts';

/** A book that can be out of order, and minutes that pass when a test says so. */
function desk() {
  const [written, logged]: [Deed[], string[]] = [[], []];
  let failure: Error | null = null;
  let minute: (() => void) | null = null;
  const timers: Timers = {
    random: Math.random,
    after: (_ms, run) => {
      minute = run;
      return () => {
        minute = null;
      };
    },
  };
  const audit = {
    tell: async (deed: Deed) => {
      if (failure !== null) throw failure;
      written.push(deed);
    },
  };
  const sink = { write: (line: string) => !!logged.push(line) } as unknown as NodeJS.WritableStream;
  const book = refusals({ audit, timers, log: createLogger({ level: 'error', format: 'json' }, sink) });
  const pass = () => {
    const run = minute;
    minute = null;
    run?.();
  };
  const many = async (count: number, target: string | null = 'ada') => {
    for (let n = 0; n < count; n++) await book.note({ target, from: `192.0.2.${n}` });
  };
  const fail = (error: Error | null) => {
    failure = error;
  };
  return { book, written, logged, pass, many, fail, isCounting: () => minute !== null };
}

test('a few refusals are written one by one', async (t) => {
  const { written, many, pass, isCounting } = desk();
  await many(3);
  pass();
  await many(5);
  t.is(written.length, 8);
  t.deepEqual(written[7], { account: '', action: 'session.refused', target: 'ada', detail: { from: '192.0.2.4' } });
  pass();
  t.false(isCounting());
});

test('a flood is one row a minute for as long as it lasts, with whom it was at and where from', async (t) => {
  const { written, many, pass } = desk();
  await many(105);
  t.is(written.length, 5);
  pass();
  t.is(written.length, 6);
  const { detail, ...deed } = written[5]!;
  t.deepEqual(deed, { account: '', action: 'session.refused', target: null });
  t.like(detail, { count: 100, accounts: ['ada'] });
  t.is((detail as { addresses: string[] }).addresses.length, 10);
  await many(40, null);
  pass();
  t.is(written.length, 7);
  t.like(written[6]!.detail, { count: 40, accounts: [] });
  pass();
  await many(1);
  t.deepEqual(written[7]!.detail, { from: '192.0.2.0' }, 'after a quiet minute');
});

test('what was counted is written when the console closes', async (t) => {
  const { book, written, many, isCounting } = desk();
  await many(7);
  await book.close();
  t.like(written.at(-1), { detail: { count: 2 } });
  t.false(isCounting());
});

test('where nothing can be written, a flood is in the log', async (t) => {
  const { book, logged, many, fail, pass } = desk();
  await many(9);
  fail(new Error('no space left'));
  pass();
  await book.close();
  t.is(logged.length, 1);
  t.regex(logged[0]!, /no space left/);
  t.regex(logged[0]!, /"count":4/);
});
