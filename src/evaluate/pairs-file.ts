import { LimenError } from '../domain/errors.ts';

/** A picture by the words of a pairs file: who is on it, and which of their pictures it is. */
export interface NamedPicture {
  readonly person: string;
  readonly number: number;
}

/** One line of the protocol: two pictures of one person or of two. */
export interface Pair {
  readonly a: NamedPicture;
  readonly b: NamedPicture;
  readonly fold: number;
  /** In the file, counted from 1. */
  readonly line: number;
}

/**
 * Read a file in the form of LFW's `pairs.txt`: the first line is `folds <tab> pairs per fold` (or, as in
 * `pairsDevTest.txt`, only the number of pairs, which makes one fold); then, per fold, as many lines of one person
 * (`name number number`) as of two people (`name number name number`). Any line ends, tabs or spaces.
 *
 * @param file its name, for the messages
 * @throws LimenError `evaluate.pairs-invalid` naming the line and the mend.
 */
export function parsePairs(text: string, file: string): Pair[] {
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/);
  while (lines.at(-1)?.trim() === '') lines.pop();
  const [head, ...rest] = lines;
  const { folds, perFold } = headerOf(head ?? '', file);
  if (rest.length !== folds * 2 * perFold) throw wrongLength({ folds, perFold }, rest.length, file);
  return rest.map((line, i) => pairOf(line, { file, line: i + 2, fold: Math.floor(i / (2 * perFold)) }));
}

interface Header {
  readonly folds: number;
  readonly perFold: number;
}

function headerOf(line: string, file: string): Header {
  const numbers = line.trim().split(/\s+/).map(Number);
  const sound = numbers.every((number) => Number.isInteger(number) && number > 0);
  if (sound && numbers.length === 2) return { folds: numbers[0]!, perFold: numbers[1]! };
  if (sound && numbers.length === 1) return { folds: 1, perFold: numbers[0]! };
  throw invalid(`${file}:1: the first line is ${quoted(line)}, not two numbers.`, {
    hint: 'Begin the file with the number of folds and of pairs of one person per fold, for example "10<tab>300".',
  });
}

function wrongLength({ folds, perFold }: Header, found: number, file: string): LimenError {
  const promised = `${folds} × 2 × ${perFold} = ${folds * 2 * perFold}`;
  return invalid(`${file}: the first line promises ${promised} pairs, and there are ${found}.`, {
    hint: `Fetch the file again if it was cut short, or correct its first line; each fold has ${perFold} pairs of one person and ${perFold} of two.`,
  });
}

interface Place {
  readonly file: string;
  readonly line: number;
  readonly fold: number;
}

function pairOf(text: string, { file, line, fold }: Place): Pair {
  const at = `${file}:${line}`;
  // LFW separates by tabs; spaces are what editors and copying make of them.
  const fields = (text.includes('\t') ? text.split('\t') : text.trim().split(/\s+/)).map((field) => field.trim());
  const number = (field: string) => {
    if (/^\d+$/.test(field) && Number(field) > 0) return Number(field);
    throw invalid(`${at}: ${quoted(field)} is not the number of a picture.`, {
      hint: 'Pictures are counted from 1: "name 1 4" means name_0001 and name_0004.',
    });
  };
  const [name, second, third, fourth] = fields;
  if (fields.some((field) => field === '') || fields.length < 3 || fields.length > 4) {
    throw invalid(`${at}: there are ${fields.length} columns in ${quoted(text)}.`, {
      hint: 'A line has three columns (name, number, number) for one person, or four (name, number, name, number) for two.',
    });
  }
  if (fourth === undefined) {
    const pair = {
      a: { person: name!, number: number(second!) },
      b: { person: name!, number: number(third!) },
      fold,
      line,
    };
    if (pair.a.number !== pair.b.number) return pair;
    throw invalid(`${at}: picture ${pair.a.number} of ${name} is compared with itself.`, {
      hint: 'Name two different pictures, or leave the line out and lower the number in the first line.',
    });
  }
  if (name === third) {
    throw invalid(`${at}: ${name} is compared with ${name} in the form for two people.`, {
      hint: 'Write a pair of one person in three columns: name, number, number.',
    });
  }
  return { a: { person: name!, number: number(second!) }, b: { person: third!, number: number(fourth) }, fold, line };
}

/**
 * Deal the pairs out anew into `folds` equal parts, those of one person and those of two each in their order. People
 * may then stand in more than one fold.
 *
 * @throws LimenError `usage.invalid` when there are too few pairs for so many folds.
 */
export function refold(pairs: readonly Pair[], folds: number): Pair[] {
  const kinds = [pairs.filter(isGenuine), pairs.filter((pair) => !isGenuine(pair))];
  if (kinds.some((kind) => kind.length < folds)) {
    throw new LimenError('usage.invalid', `${pairs.length} pairs cannot be dealt out into ${folds} folds.`, {
      hint: 'Every fold needs a pair of one person and a pair of two: use fewer folds.',
    });
  }
  return kinds.flatMap((kind) => kind.map((pair, i) => ({ ...pair, fold: Math.floor((i * folds) / kind.length) })));
}

/** Whether both pictures show one person. */
export function isGenuine({ a, b }: Pick<Pair, 'a' | 'b'>): boolean {
  return a.person === b.person;
}

function invalid(message: string, options: { hint: string }): LimenError {
  return new LimenError('evaluate.pairs-invalid', message, options);
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}…` : text);
}
