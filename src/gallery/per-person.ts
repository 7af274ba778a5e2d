import type { Person } from '../domain/person.ts';

const made = new WeakMap<object, WeakMap<Person, Person>>();

/**
 * What `make` makes of somebody by `rule`, made once for as long as there is that rule and that person: a new gallery
 * after a change of one person then costs the work for one, and has the same objects for everybody else.
 *
 * @param rule an object that decides alone what is made
 */
export function perPerson(rule: object, make: (person: Person) => Person): (person: Person) => Person {
  const known = made.get(rule) ?? new WeakMap<Person, Person>();
  made.set(rule, known);
  return (person) => {
    const before = known.get(person);
    if (before !== undefined) return before;
    const fresh = make(person);
    known.set(person, fresh);
    return fresh;
  };
}
