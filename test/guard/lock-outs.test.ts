import test from 'ava';
import type { Failures } from '../../src/access/rules/memory.ts';
import { emptyMemory } from '../../src/access/rules/memory.ts';
import type { ClockQuality } from '../../src/domain/event.ts';
import { LockOuts } from '../../src/guard/lock-outs.ts';
import { memoryJournal } from '../support/memory-journal.ts';

const hourMs = 3_600_000;
const at = Date.parse('2026-11-29T03:00:00Z');

/** Just started, with what was remembered. */
function started(failures: Record<string, Failures>, quality: ClockQuality) {
  const machine = { wallMs: at, monotonicMs: 5000, quality };
  const lockOuts = new LockOuts(
    { ...emptyMemory, failures },
    {
      now: () => new Date(machine.wallMs),
      monotonicMs: () => machine.monotonicMs,
      quality: () => machine.quality,
    },
  );
  const journal = memoryJournal('front');
  return {
    machine,
    left: (key: string) => lockOuts.remainingMs([key]),
    fails: (key: string, waitMs: number) => {
      const body = { factor: 'pin', personId: null, reason: 'wrong-pin', waits: { [key]: waitMs } } as const;
      lockOuts.take(journal.append({ kind: 'access.factor-refused', body }));
    },
  };
}

test('a wait from before the start is whole until the clock is set, and then what is left of it', (t) => {
  const { machine, left } = started(
    {
      'terminal:front': { count: 26, atMs: at - 90 * 24 * hourMs, waitMs: hourMs },
      'person:ada': { count: 11, atMs: at + 2 * hourMs - 600_000, waitMs: hourMs },
    },
    'unsynced',
  );
  t.is(left('terminal:front'), hourMs, 'nobody knows whether three months have gone by, or a minute');
  machine.monotonicMs += 20_000;
  t.is(left('terminal:front'), hourMs - 20_000);
  machine.wallMs = at + 2 * hourMs;
  t.is(left('terminal:front'), hourMs - 20_000, 'a step alone proves nothing');
  machine.quality = 'synced';
  t.is(left('terminal:front'), 0);
  t.is(left('person:ada'), hourMs - 600_000);
  machine.wallMs += 24 * hourMs;
  t.is(left('person:ada'), hourMs - 600_000, 'and from then on by the clock that only moves forward');
});

test('a clock that becomes set shortens no wait that began since the start', (t) => {
  const before = { count: 26, atMs: at - 90 * 24 * hourMs, waitMs: 60_000 };
  const { machine, left, fails } = started({ 'terminal:front': before }, 'unsynced');
  fails('terminal:front', hourMs);
  machine.quality = 'synced';
  t.is(left('terminal:front'), hourMs);
});
