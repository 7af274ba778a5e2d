import test from 'ava';
import { remainingMs, waitAfterFailure } from '../../../src/access/rules/lock-out.ts';
import { emptyMemory, type Memory, remember } from '../../../src/access/rules/memory.ts';
import type { EventBodies, LimenEvent } from '../../../src/domain/event.ts';

const nowMs = Date.parse('2026-11-25T12:00:00Z');
const key = 'person:ada' as const;

function row<K extends keyof EventBodies>(seq: number, kind: K, body: EventBodies[K], atMs = nowMs): LimenEvent {
  const at = new Date(atMs).toISOString();
  return { seq, kind, body, at, id: '', terminal: 'front', clock: 'synced', previousHash: '', hash: '' } as LimenEvent;
}

function failing(memory: Memory, seq: number, context: { atMs?: number; key?: typeof key | 'terminal:front' } = {}) {
  const { atMs = nowMs, key: whose = key } = context;
  const waitMs = waitAfterFailure(whose, { memory, rules: {}, nowMs: atMs });
  const body = { factor: 'pin', personId: 'ada', reason: 'wrong-pin', waits: { [whose]: waitMs } } as const;
  return { memory: remember(memory, row(seq, 'access.factor-refused', body, atMs)), waitMs };
}

function failTimes(count: number, context: Parameters<typeof failing>[2] = {}) {
  let memory = emptyMemory;
  const waits: number[] = [];
  for (let seq = 1; seq <= count; seq++) {
    const next = failing(memory, seq, context);
    memory = next.memory;
    waits.push(next.waitMs / 1000);
  }
  return { memory, waits };
}

test('five failures of a person wait a minute, then twice as long each time, an hour at most', (t) => {
  t.deepEqual(failTimes(13).waits, [0, 0, 0, 0, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]);
});

test('a terminal waits after twenty, whoever it was', (t) => {
  t.deepEqual(failTimes(21, { key: 'terminal:front' }).waits.slice(18), [0, 60, 120]);
});

test('a success, or an administrator, forgets the failures; a row that is read twice counts once', (t) => {
  const { memory } = failTimes(5);
  t.is(memory.failures[key]!.count, 5);
  const body = { factor: 'pin', personId: 'ada', reason: 'wrong-pin', waits: { [key]: 60_000 } } as const;
  t.is(remember(memory, row(5, 'access.factor-refused', body)), memory);
  const proven = remember(memory, row(6, 'access.factor-proven', { personId: 'ada', factor: 'pin', keys: [key] }));
  t.deepEqual(proven.failures, {});
  const reset = { what: 'lock-out', personId: 'ada', cause: 'command-line' } as const;
  t.deepEqual(remember(memory, row(6, 'access.reset', reset)).failures, {});
});

const hourMs = 3_600_000;

/** Fails as soon as it may, or only every so often; how often within each day. */
function guessing(whose: 'terminal:front' | typeof key, { days, everyMs = 0 }: { days: number; everyMs?: number }) {
  let [memory, atMs] = [emptyMemory, nowMs];
  const perDay = Array<number>(days).fill(0);
  for (let seq = 1; atMs < nowMs + days * 24 * hourMs; seq++) {
    const next = failing(memory, seq, { atMs, key: whose });
    memory = next.memory;
    perDay[Math.floor((atMs - nowMs) / (24 * hourMs))]! += 1;
    atMs += Math.max(next.waitMs, everyMs, 1000);
  }
  return { perDay, waitMs: memory.failures[whose]!.waitMs };
}

test('one failure a day adds up to no wait, of a terminal nor of a person', (t) => {
  for (const whose of ['terminal:front', key] as const) {
    t.is(guessing(whose, { days: 60, everyMs: 23 * hourMs }).waitMs, 0);
  }
  t.is(guessing('terminal:front', { days: 60, everyMs: hourMs }).waitMs, 0);
  t.true(guessing('terminal:front', { days: 60, everyMs: hourMs / 2 }).waitMs > 0);
});

test('who guesses as fast as it goes has 24 guesses a day at a terminal, and a few dozen more on the first', (t) => {
  const [first = 0, ...later] = guessing('terminal:front', { days: 30 }).perDay;
  t.true(first <= 50, `${first}`);
  t.true(
    later.every((count) => count <= 25) && later.reduce((sum, count) => sum + count, 0) <= later.length * 24 + 1,
    `${later}`,
  );
  const [ofPerson = 0, ...after] = guessing(key, { days: 30 }).perDay;
  t.true(ofPerson <= 35, `${ofPerson}`);
  t.true(
    after.every((count) => count <= 24),
    `${after}`,
  );
  // Patience gains nothing: who lets failures leak away guesses at their pace.
  for (const everyMs of [10, 20, 40, 59, 61, 90, 180].map((minutes) => minutes * 60_000)) {
    const { perDay } = guessing('terminal:front', { days: 30, everyMs });
    t.true(perDay.reduce((sum, count) => sum + count, 0) <= 30 * 24 + 27, `${perDay}`);
  }
});

test('whatever is proven at a terminal ends its wait, for nothing is looked at during one; its failures stay', (t) => {
  const { memory } = failTimes(25, { key: 'terminal:front' });
  const after = remember(
    memory,
    row(26, 'access.factor-proven', { personId: 'bob', factor: 'card', keys: ['card:b'] }),
  );
  t.deepEqual(after.failures['terminal:front'], { count: 25, atMs: nowMs, waitMs: 0 });
  t.is(failing(after, 27, { key: 'terminal:front' }).waitMs, 3_600_000);
});

test('a wait goes on after a restart: the rest of it, or all of it where the clock proves nothing', (t) => {
  const failures = { count: 5, atMs: nowMs, waitMs: 60_000 };
  t.is(remainingMs(failures, { nowMs: nowMs + 20_000, trusted: true }), 40_000);
  t.is(remainingMs(failures, { nowMs: nowMs + 90_000, trusted: true }), 0);
  t.is(remainingMs(failures, { nowMs: nowMs + 90_000, trusted: false }), 60_000);
  t.is(remainingMs(failures, { nowMs: nowMs - 86_400_000, trusted: true }), 60_000, 'set back: anew, no longer');
});

test('a passage heard of twice is one passage, and the newest says where somebody is', (t) => {
  const heard = (seq: number, side: 'in' | 'out', heardSeq: number) =>
    row(seq, 'access.passed', {
      personId: 'ada',
      sides: { hall: side },
      heardFrom: { terminal: 'back', seq: heardSeq },
    });
  let memory = remember(emptyMemory, heard(1, 'in', 7));
  memory = remember(memory, heard(2, 'out', 8));
  t.is(memory.sides['hall ada']!.side, 'out');
  t.is(remember(memory, heard(3, 'in', 7)).sides['hall ada']!.side, 'out');
  const all = remember(
    memory,
    row(4, 'access.reset', { what: 'anti-passback', personId: null, cause: 'command-line' }),
  );
  t.deepEqual(all.sides, {});
});
