import type { AuditBook, AuditEntry, Deed } from '../console/audit.ts';
import { LimenError } from '../domain/errors.ts';
import type { EventBodies, LimenEvent, Occurrence } from '../domain/event.ts';
import type { JournalSearch } from './journal-search.ts';

/** A deed as the journal has it. */
function deedOf({ account, action, target, detail = {} }: Deed): Occurrence {
  return { kind: 'console.deed', body: { account, action, target, detail } };
}

/** Who did what, in the journal of the terminal: chained there, and at the hub with everything else that happened. */
export function deedBook(options: {
  /** @throws LimenError `disk.full`, `journal.failed`. */
  readonly report: (occurrence: Occurrence) => LimenEvent;
  readonly search: JournalSearch;
  readonly closing: AbortSignal;
}): Pick<AuditBook, 'write' | 'entries'> {
  const { report, search, closing: signal } = options;
  return {
    write: async (deed) => entryOf(report(deedOf(deed))),
    async entries({ before, limit = 100 } = {}) {
      const found: AuditEntry[] = [];
      let below = before === undefined ? null : numberIn(before);
      // Deeds are few: as far back as it takes, for a page that ends early is taken for the last one.
      do {
        const page = await search.newest(
          { kinds: ['console.deed'] },
          { before: below, limit: limit - found.length, signal },
        );
        found.push(...page.events.map(entryOf));
        below = page.next;
      } while (below !== null && found.length < limit && !signal.aborted);
      return found;
    },
  };
}

function entryOf({ seq, at, body }: LimenEvent): AuditEntry {
  const { account, action, target, detail } = body as EventBodies['console.deed'];
  return { id: String(seq), at, account, action, target, detail };
}

function numberIn(id: string): number {
  if (/^\d{1,15}$/.test(id)) return Number(id);
  throw new LimenError('usage.invalid', `${JSON.stringify(id)} is no entry of this terminal's.`, {
    hint: 'An entry is called by its number in the journal.',
  });
}
