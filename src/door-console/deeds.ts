import type { AuditBook, AuditEntry, Deed } from '../console/audit.ts';
import { LimenError } from '../domain/errors.ts';
import type { EventBodies, LimenEvent, Occurrence } from '../domain/event.ts';
import type { JournalRows } from '../journal/journal.ts';

/** A deed as the journal has it. */
export function deedOf({ account, action, target, detail = {} }: Deed): Occurrence {
  return { kind: 'console.deed', body: { account, action, target, detail } };
}

/** Who did what, in the journal of the terminal: chained there, and at the hub with everything else that happened. */
export function deedBook(options: {
  /** @throws LimenError `disk.full`, `journal.failed`. */
  readonly report: (occurrence: Occurrence) => LimenEvent;
  readonly journal: Pick<JournalRows, 'deeds'>;
}): AuditBook {
  const { report, journal } = options;
  return {
    write: async (deed) => entryOf(report(deedOf(deed))),
    async entries({ before, limit = 100 } = {}) {
      const below = before === undefined ? Number.MAX_SAFE_INTEGER : numberIn(before);
      return journal.deeds({ before: below, limit }).map(entryOf);
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
