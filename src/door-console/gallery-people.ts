import type { PersonListed } from '../console/answers/people.ts';
import type { PeopleList } from '../console/people-list.ts';
import { LimenError } from '../domain/errors.ts';
import type { Person } from '../domain/person.ts';
import { fits } from '../hub/people-office.ts';
import type { OwnTerminal } from './own-terminal.ts';

/** Who is in the gallery of this terminal. */
export function galleryPeople({ gallery }: Pick<OwnTerminal, 'gallery'>): PeopleList {
  return {
    async find(filter) {
      if (filter.suspended !== undefined) throw onlyAtTheHub();
      const all = [...gallery().people.values()].filter((person) => fits(person, filter));
      return all.map(listed).sort((a, b) => (a.id < b.id ? -1 : 1));
    },
    groups: async () => [...new Set([...gallery().people.values()].flatMap(({ groups }) => groups))].sort(),
  };
}

/** Without templates and hashes; and without what only a hub knows. */
function listed({ id, name, groups, validFrom, validUntil, templates, cards, pinHash, version }: Person): PersonListed {
  return {
    ...{ id, name, groups: [...groups], validFrom, validUntil, version },
    ...{ templates: templates.length, cards: cards?.length ?? 0, pin: pinHash !== undefined },
  };
}

function onlyAtTheHub(): LimenError {
  return new LimenError('usage.invalid', 'Who is suspended is known at the hub only.', {
    hint: 'To a terminal, somebody suspended is not valid now: leave the filter out, and look at when they are valid.',
  });
}
