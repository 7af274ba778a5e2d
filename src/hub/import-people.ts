import { type ErrorCode, isLimenError } from '../domain/errors.ts';
import { cardFrom } from './card-text.ts';
import type { Hub } from './hub.ts';
import { noticeOf } from './notice.ts';
import { readPictures } from './pictures.ts';

/** Somebody to be enrolled, and where their pictures lie. */
export interface Newcomer {
  readonly id: string;
  readonly name: string;
  readonly files: readonly string[];
  readonly groups?: readonly string[];
  readonly validFrom?: string | null;
  readonly validUntil?: string | null;
  readonly cards?: readonly string[];
  /** Where in a list they stand. */
  readonly line?: number;
}

/** What became of one of them. */
export type ImportOutcome = { readonly id: string; readonly name: string; readonly line: number | null } & (
  | {
      readonly outcome: 'enrolled';
      readonly pictures: number;
      readonly version: number;
      readonly published: boolean;
      /** One sentence each: what an administrator should look at. */
      readonly warnings: readonly string[];
    }
  /** Was enrolled before, and is as they were: an import that was stopped can be said again. */
  | { readonly outcome: 'there already' }
  | { readonly outcome: 'failed'; readonly code: ErrorCode; readonly why: string; readonly mend: string | null }
);

export interface ImportOptions {
  readonly hub: Pick<Hub, 'enrol' | 'people'>;
  /** Make new templates of people who are enrolled already; everything else about them stays, except what is said. */
  readonly again?: boolean;
  /** Enrol although somebody looks alike, or a picture seems to show somebody else. */
  readonly despiteDoubts?: boolean;
  /** Ends after the person who is being enrolled. */
  readonly signal?: AbortSignal;
}

/**
 * Enrol people one after the other; one who cannot be enrolled does not stop the others. What became of each is told as
 * soon as it is known.
 *
 * @throws what is no LimenError: a fault in limen, or a machine that fails.
 */
export async function* importPeople(people: Iterable<Newcomer>, options: ImportOptions): AsyncGenerator<ImportOutcome> {
  const known = new Set((await options.hub.people()).map(({ id }) => id));
  const met = new Map<string, number | null>();
  for (const person of people) {
    if (options.signal?.aborted) return;
    const { id, name, line = null } = person;
    const who = { id, name, line };
    if (met.has(id)) {
      yield { ...who, outcome: 'failed', code: 'usage.invalid', ...twice(id, met.get(id) ?? null) };
      continue;
    }
    met.set(id, line);
    if (known.has(id) && options.again !== true) {
      yield { ...who, outcome: 'there already' };
      continue;
    }
    try {
      yield { ...who, ...(await enrolled(person, options)) };
    } catch (error) {
      if (!isLimenError(error) || stopsEverybody.has(error.code)) throw error;
      const { code, message: why, hint: mend } = noticeOf(error);
      yield { ...who, outcome: 'failed', code, why, mend };
    }
  }
}

/** What is in nobody's line, and would be the same for all that come after. */
const stopsEverybody = new Set<ErrorCode>([
  'store.lost',
  'store.refused',
  'disk.full',
  'file.unwritable',
  'vision.failed',
]);

async function enrolled({ id, name, files, cards, ...more }: Newcomer, options: ImportOptions) {
  const { groups, validFrom, validUntil } = more;
  const { version, published, warnings } = await options.hub.enrol({
    ...{ id, name, pictures: readPictures(files) },
    ...(groups !== undefined && { groups }),
    ...(validFrom !== undefined && { validFrom }),
    ...(validUntil !== undefined && { validUntil }),
    ...(cards !== undefined && { cards: cards.map(cardFrom) }),
    ...{ despiteDoubts: options.despiteDoubts === true, again: options.again === true },
  });
  return { outcome: 'enrolled', pictures: files.length, version, published, warnings } as const;
}

function twice(id: string, line: number | null) {
  const why = line === null ? `${id} comes twice.` : `${id} stands on line ${line} already.`;
  return { why, mend: 'Leave one of the two.' };
}
