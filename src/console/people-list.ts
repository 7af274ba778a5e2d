import type { HubStore } from '../hub/hub-store.ts';
import { groupsInUse, listPeople, type PeopleFilter } from '../hub/people-office.ts';
import type { PersonListed } from './answers/people.ts';

/** Who is enrolled, as a console lists them. */
export interface PeopleList {
  /** By id. @throws LimenError `usage.invalid` for what this place does not know. */
  find(filter: PeopleFilter): Promise<PersonListed[]>;
  /** Every group that somebody is in, in their order. */
  groups(): Promise<string[]>;
}

/** The people in a hub's books. */
export function hubPeople(store: HubStore): PeopleList {
  return {
    find: async (filter) =>
      (await listPeople(store, filter)).map(({ embedders: _none, ...person }) => ({
        ...person,
        groups: [...person.groups],
      })),
    groups: () => groupsInUse(store.db),
  };
}
