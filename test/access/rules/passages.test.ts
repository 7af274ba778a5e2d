import test from 'ava';
import { emptyMemory, type Memory, remember } from '../../../src/access/rules/memory.ts';
import type { EventBodies, LimenEvent } from '../../../src/domain/event.ts';

/** A row of the terminal's own journal, at a minute after eight. */
function row<K extends 'access.passed' | 'access.reset'>(seq: number, minute: number, kind: K, body: EventBodies[K]) {
  return { seq, kind, body, at: at(minute) } as unknown as LimenEvent;
}

function at(minute: number): string {
  return new Date(Date.parse('2026-11-25T08:00:00Z') + minute * 60_000).toISOString();
}

/** Ada passed elsewhere at a minute; heard of later, by a clock that can be compared or, without `told`, cannot. */
function heard(seq: number, minute: number, side: 'in' | 'out', told?: number) {
  const heardFrom = { terminal: 'side', seq, ...(told !== undefined && { at: at(told) }) };
  return row(seq, minute, 'access.passed', { personId: 'ada', sides: { hall: side }, heardFrom });
}

const here = (seq: number, minute: number, side: 'in' | 'out') =>
  row(seq, minute, 'access.passed', { personId: 'ada', sides: { hall: side } });
const sideOf = (memory: Memory) => memory.sides['hall ada']?.side;
const after = (...rows: LimenEvent[]) => rows.reduce(remember, emptyMemory);

test('a terminal that was away tells late where somebody was, and what is known since stays', (t) => {
  // In at the side door at 08:00, out at the back at 12:00; the side door is heard again at 12:30.
  const late = after(here(1, 240, 'out'), heard(2, 270, 'in', 0));
  t.is(sideOf(late), 'out');
  t.is(late.heard.side, 2, 'and it was heard');
  t.is(sideOf(after(here(1, 240, 'out'), heard(2, 270, 'in', 260))), 'in', 'what is newer counts');
  t.is(sideOf(after(heard(1, 270, 'in', 0))), 'in', 'and so does the only thing that is known');
});

test('since when somebody is on a side is by the clock of the door that they went through', (t) => {
  t.is(after(heard(1, 270, 'in', 30)).sides['hall ada']!.atMs, Date.parse(at(30)));
  t.is(after(heard(1, 270, 'in', 999)).sides['hall ada']!.atMs, Date.parse(at(270)), 'never in the time to come');
});

test('without clocks that can be compared, what is heard last counts', (t) => {
  t.is(sideOf(after(here(1, 240, 'out'), heard(2, 270, 'in'))), 'in');
});

test('what was known by a clock that was ahead believes nobody less once it is right', (t) => {
  t.is(sideOf(after(here(1, 100_000, 'out'), heard(2, 270, 'in', 260))), 'in');
});

test('an order to forget is not undone by what was before it', (t) => {
  const cause = 'command';
  for (const personId of ['ada', null]) {
    const reset = row(2, 240, 'access.reset', { what: 'anti-passback', personId, cause });
    t.is(sideOf(after(here(1, 10, 'in'), reset, heard(3, 270, 'in', 0))), undefined);
    t.is(sideOf(after(here(1, 10, 'in'), reset, heard(3, 270, 'in', 250))), 'in');
  }
  const other = row(2, 240, 'access.reset', { what: 'anti-passback', personId: 'bob', cause });
  t.is(sideOf(after(other, heard(3, 270, 'in', 0))), 'in');
});
