import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One comparison of the protocol: two pictures of one person or of two. */
export interface Pair {
  readonly a: string;
  readonly b: string;
  readonly same: boolean;
  readonly fold: number;
}

/** Labelled Faces in the Wild, or a part of it (Huang et al., UMass TR 07-49): pairs to verify, strangers to calibrate. */
export interface Lfw {
  readonly pairs: readonly Pair[];
  /** Every picture that a pair names, once. */
  readonly pictures: readonly string[];
  /** One picture each of people who are in no pair. */
  readonly strangers: readonly string[];
}

/** Read `pairs.txt` and list the pictures of a folder with `images/` and `calibration/`. */
export function readLfw(folder: string): Lfw {
  const [head, ...lines] = readFileSync(join(folder, 'pairs.txt'), 'utf8').trim().split('\n');
  const [, perFold] = (head as string).split('\t').map(Number) as [number, number];
  const picture = (name: string, number: string) =>
    join(folder, 'images', name, `${name}_${number.padStart(4, '0')}.jpg`);
  const pairs = lines.map((line, i): Pair => {
    const fields = line.split('\t') as [string, string, string, string?];
    const fold = Math.floor(i / (2 * perFold));
    const [name, first, second, third] = fields;
    return third === undefined
      ? { a: picture(name, first), b: picture(name, second), same: true, fold }
      : { a: picture(name, first), b: picture(second, third), same: false, fold };
  });
  const strangers = readdirSync(join(folder, 'calibration')).sort();
  return {
    pairs,
    pictures: [...new Set(pairs.flatMap(({ a, b }) => [a, b]))],
    strangers: strangers.map((file) => join(folder, 'calibration', file)),
  };
}
