import { type ErrorCode, isLimenError, LimenError } from '../domain/errors.ts';
import { cardFrom } from './card-text.ts';
import type { Credentials } from './credentials.ts';
import type { Hub } from './hub.ts';
import { noticeOf } from './notice.ts';
import type { PersonRow } from './people-csv.ts';
import { readPictures } from './pictures.ts';
import { changeOfPins } from './pins.ts';

/** Somebody to be enrolled, and where their pictures lie. */
export interface Newcomer {
  readonly id: string;
  readonly name: string;
  readonly files: readonly string[];
  readonly groups?: readonly string[];
  readonly validFrom?: string | null;
  readonly validUntil?: string | null;
  readonly cards?: readonly string[];
  readonly pin?: string;
  /** They declined a face: then there must be no picture of them. */
  readonly withoutFace?: boolean;
  /** Where in a list they stand. */
  readonly line?: number;
}

/** A line of a list with its pictures; an empty cell says nothing: of who is enrolled again, everything else stays. */
export function newcomerFrom(
  { line, id, name, validFrom, validUntil, pin, withoutFace, ...row }: PersonRow,
  { files, groups: usual }: { readonly files: readonly string[]; readonly groups: readonly string[] },
): Newcomer {
  const groups = row.groups.length > 0 ? row.groups : usual;
  return {
    ...{ line, id, name, files, withoutFace },
    ...(groups.length > 0 && { groups }),
    ...(validFrom !== null && { validFrom }),
    ...(validUntil !== null && { validUntil }),
    ...(row.cards.length > 0 && { cards: row.cards }),
    ...(pin !== null && { pin }),
  };
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
  const known = new Map((await options.hub.people()).map((one) => [one.id, one]));
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
      yield { ...who, ...(await enrolled(person, options, known.get(id) ?? {})) };
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

async function enrolled(
  { id, name, files, cards, pin, ...more }: Newcomer,
  options: ImportOptions,
  known: Credentials,
) {
  const { groups, validFrom, validUntil, withoutFace = false } = more;
  if (withoutFace && files.length > 0) throw againstTheirWish(id, files);
  const face = withoutFace ? { withoutFace: true as const } : { pictures: readPictures(files) };
  const { version, published, warnings } = await options.hub.enrol({
    ...{ id, name, ...face },
    ...(await changeOfPins(known, { pin: pin ?? null, duressPin: null })),
    ...(groups !== undefined && { groups }),
    ...(validFrom !== undefined && { validFrom }),
    ...(validUntil !== undefined && { validUntil }),
    ...(cards !== undefined && { cards: cards.map(cardFrom) }),
    ...{ despiteDoubts: options.despiteDoubts === true, again: options.again === true },
  });
  return { outcome: 'enrolled', pictures: files.length, version, published, warnings } as const;
}

function againstTheirWish(id: string, [file]: readonly string[]): LimenError {
  return new LimenError('usage.invalid', `${id} is to be enrolled without a face, and there is a picture: ${file}.`, {
    hint: 'Delete the picture, or take the "no" out of the column face.',
  });
}

function twice(id: string, line: number | null) {
  const why = line === null ? `${id} comes twice.` : `${id} stands on line ${line} already.`;
  return { why, mend: 'Leave one of the two.' };
}
