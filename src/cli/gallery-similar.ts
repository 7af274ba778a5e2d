import { LimenError } from '../domain/errors.ts';
import { print, printJson, table } from './output.ts';

interface SimilarFlags {
  readonly config: string;
  readonly chance: string;
  readonly json?: true;
}

/** `limen gallery similar`: pairs of people who are more alike than strangers are by chance. */
export async function similar(flags: SimilarFlags): Promise<void> {
  const chance = Number(flags.chance);
  if (!(chance > 0 && chance < 1)) {
    throw new LimenError('usage.invalid', `--chance ${flags.chance} is not a share of pairs of strangers.`, {
      hint: 'Use a number above 0 and below 1: 0.001 lists pairs that are as alike as 1 in 1,000 pairs of strangers.',
    });
  }
  const [{ gallerySourceOf, policyThreshold }, { pairsWithin, distanceAt }] = await Promise.all([
    import('./gallery-source.ts'),
    import('../gallery/likeness.ts'),
  ]);
  const source = await gallerySourceOf(flags.config);
  const { gallery, calibration } = source;
  const threshold = policyThreshold(source);
  // No pair of people makes fewer comparisons than one, so nothing rarer than `chance` is farther apart than this.
  const near = Math.max(threshold, distanceAt(calibration, chance));
  const people = gallery.faces;
  const pairs = pairsWithin(gallery, near, calibration)
    .filter((pair) => pair.chance <= chance || pair.distance <= threshold)
    .map((pair) => ({
      ...pair,
      nameA: gallery.people.get(pair.a)!.name,
      nameB: gallery.people.get(pair.b)!.name,
      mistakable: pair.distance <= threshold,
    }));
  const byChance = chance * ((people * (people - 1)) / 2);
  if (flags.json) {
    printJson({ chance, threshold, people, expectedByChance: byChance, pairs });
    return;
  }
  const { counted, distance, oneIn } = await import('../evaluate/report/words.ts');
  if (pairs.length === 0) {
    print(`No two of ${counted(people, 'person', 'people')} are as alike as ${oneIn(chance)} pairs of strangers.`);
    return;
  }
  print(`${counted(pairs.length, 'pair')} as alike as ${oneIn(chance)} pairs of strangers, or near enough to be taken`);
  print(
    `for each other (τ ${distance(threshold)}); by chance there would be about ${Number(byChance.toPrecision(2))}.\n`,
  );
  const rows = pairs.map((pair) => [
    `${pair.nameA} (${pair.a})`,
    `${pair.nameB} (${pair.b})`,
    distance(pair.distance),
    `strangers: ${oneIn(pair.chance)}`,
    pair.mistakable ? 'can be taken for each other' : '',
  ]);
  for (const line of table(rows)) print(line);
  print(
    '\nIs it one person with two ids? Erase one of them. Brothers, sisters, twins? Give both a card or a PIN, where this',
  );
  print(
    'door has a reader. Otherwise new pictures in good light help, and a larger recognition.minMargin refuses rather',
  );
  print('than guesses.');
}
