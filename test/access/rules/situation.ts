import { emptyMemory } from '../../../src/access/rules/memory.ts';
import type { Situation } from '../../../src/access/rules/situation.ts';
import type { Person } from '../../../src/domain/person.ts';

/** A face that no rule looks at. */
const templates: Person['templates'] = [{ model: 'test/1', scale: 1, data: Int8Array.of(1) }];

/** Somebody without an end, in no group. */
export function somebody(id: string, more: Partial<Person> = {}): Person {
  return { id, name: id, templates, groups: [], validFrom: null, validUntil: null, version: 1, ...more };
}

/** A face at the front door on a Wednesday at noon, with no rules at all. */
export function situation(more: Partial<Situation> = {}): Situation {
  return {
    person: somebody('ada'),
    terminal: 'front',
    now: new Date('2026-11-25T12:00:00Z'),
    rules: {},
    memory: emptyMemory,
    proven: new Set(['face'] as const),
    lookAlike: null,
    lockedMs: 0,
    otherDoor: () => 'closed',
    companion: null,
    ...more,
  };
}
