import { parse } from 'csv-parse/sync';
import { LimenError, messageOf } from '../domain/errors.ts';

/** A line of a list of people, as it stands there. */
export interface PersonRow {
  /** Where it begins in the file, the header being line 1. */
  readonly line: number;
  readonly id: string;
  readonly name: string;
  readonly groups: readonly string[];
  readonly validFrom: string | null;
  readonly validUntil: string | null;
  readonly cards: readonly string[];
  /** As it stands there: it is a secret, and in no message. */
  readonly pin: string | null;
  /** The list says that they have no face here: a picture that is missing is another thing. */
  readonly withoutFace: boolean;
}

const columns = ['id', 'name', 'groups', 'validFrom', 'validUntil', 'cards', 'pin', 'face'] as const;
type Column = (typeof columns)[number];
const hint = `The first line names the columns: ${columns.join(',')} (id and name are needed). Lists within a cell are parted by "|".`;

/**
 * Read a list of people: UTF-8, with a first line that names the columns, parted by commas, semicolons or tabs as that
 * line is. Nothing is judged yet but the form.
 *
 * @param file what to call it in a message
 * @throws LimenError `usage.invalid` naming the line, or the column.
 */
export function peopleInCsv(bytes: Uint8Array, file: string): PersonRow[] {
  const text = textOf(bytes, file);
  const [first = ''] = text.split(/\r?\n/, 1);
  const delimiter = [';', '\t'].find((one) => first.includes(one)) ?? ',';
  const records = recordsIn(text, { delimiter, file });
  const header = (records.shift()?.record ?? []).map((name) => columnOf(name.trim(), file));
  for (const needed of ['id', 'name'] as const) {
    if (!header.includes(needed)) throw invalid(`${file} has no column ${needed}.`);
  }
  const twice = header.find((name, i) => header.indexOf(name) !== i);
  if (twice !== undefined) throw invalid(`${file} has two columns ${twice}.`);
  return records.map(({ record, line }) => {
    const cell = (name: Column) => record[header.indexOf(name)]?.trim() ?? '';
    const list = (name: Column) => [...new Set(cell(name).split('|').map(trimmed).filter(isSome))];
    return {
      ...{ line, id: cell('id'), name: cell('name'), groups: list('groups'), cards: list('cards') },
      ...{ validFrom: cell('validFrom') || null, validUntil: cell('validUntil') || null, pin: cell('pin') || null },
      withoutFace: isWithoutFace(cell('face'), { line, file }),
    };
  });
}

function textOf(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new LimenError('usage.invalid', `${file} is not UTF-8.`, {
      hint: 'Save it as "CSV UTF-8": in any other form, names with accents would be spoilt.',
      cause,
    });
  }
}

interface Parsed {
  readonly record: readonly string[];
  readonly line: number;
}

function recordsIn(text: string, { delimiter, file }: { delimiter: string; file: string }): Parsed[] {
  try {
    const parsed = parse(text, { delimiter, bom: true, info: true, skip_empty_lines: true }) as unknown as {
      readonly record: readonly string[];
      readonly info: { readonly lines: number };
    }[];
    return parsed.map(({ record, info }) => ({ record, line: info.lines }));
  } catch (cause) {
    throw new LimenError('usage.invalid', `${file} cannot be read as CSV: ${messageOf(cause)}.`, { hint, cause });
  }
}

function columnOf(name: string, file: string): Column {
  const known = columns.find((one) => one.toLowerCase() === name.toLowerCase().replace(/[ _-]/g, ''));
  if (known !== undefined) return known;
  throw invalid(`${file} has a column ${JSON.stringify(name)}, which nobody reads.`);
}

/** Whoever is to be enrolled without a face is said to be: nobody ends up like that by an empty cell. */
function isWithoutFace(cell: string, { line, file }: { line: number; file: string }): boolean {
  const word = cell.toLowerCase();
  if (word === 'no') return true;
  if (word === '' || word === 'yes') return false;
  throw invalid(`${file}, line ${line}: the column face says ${JSON.stringify(cell)}; it takes yes, no or nothing.`);
}

function trimmed(text: string): string {
  return text.trim();
}

function isSome(text: string): boolean {
  return text !== '';
}

function invalid(message: string): LimenError {
  return new LimenError('usage.invalid', message, { hint });
}
