import { LimenError } from '../domain/errors.ts';
import type { Share } from '../evaluate/clustered-share.ts';
import type { GalleryRisk } from '../evaluate/gallery-risk.ts';
import type { GallerySource } from './gallery-source.ts';
import { print, printJson, table } from './output.ts';

interface RiskFlags {
  readonly config: string;
  readonly targetFpir?: string;
  readonly json?: true;
}

/**
 * `limen gallery risk`: what this gallery promises, what that costs, and whom it confuses.
 *
 * @throws LimenError `calibration.unsupported`, after everything is printed, when the data cannot support the target.
 */
export async function risk(flags: RiskFlags): Promise<void> {
  const [{ gallerySourceOf }, { galleryRisk }] = await Promise.all([
    import('./gallery-source.ts'),
    import('../evaluate/gallery-risk.ts'),
  ]);
  const source = await gallerySourceOf(flags.config);
  const targetFpir = flags.targetFpir === undefined ? source.targetFpir : rateFrom(flags.targetFpir);
  const found = galleryRisk({ ...source, targetFpir });
  const advice = await adviceFor(found, source);
  const refusal = found.shortfall && withMoreMends(found.shortfall, advice);
  if (flags.json) {
    const shortfall = refusal && { code: refusal.code, message: refusal.message, hint: refusal.hint };
    printJson({ ...found, shortfall, confusable: named(found, source), advice });
  } else await printRisk(found, source, advice);
  if (refusal !== null) throw refusal;
}

function rateFrom(text: string): number {
  const rate = Number(text);
  if (rate > 0 && rate < 1) return rate;
  throw new LimenError('usage.invalid', `--target-fpir ${text} is not a share of strangers.`, {
    hint: 'Use a number above 0 and below 1: 0.001 is one in a thousand.',
  });
}

/** The mends that only this command knows come before the others. */
function withMoreMends(shortfall: LimenError, advice: readonly string[]): LimenError {
  const hint = `${shortfall.hint} Or let people show a card or type a PIN first: a face is then compared with one person only.`;
  return new LimenError(shortfall.code, shortfall.message, { hint: [hint, ...advice.slice(0, 1)].join(' ') });
}

/** An FNIR above this makes people try again often enough to hate the door. */
const annoyingFnir = 0.05;

async function adviceFor(found: GalleryRisk, { shippedEmbedder, gallery }: GallerySource): Promise<string[]> {
  const nameOf = (id: string) => gallery.people.get(id)?.name ?? id;
  const advice: string[] = [];
  if (shippedEmbedder && (!found.supported || (found.fnir?.share ?? 0) > annoyingFnir)) {
    const better = await fetchablePack();
    if (better !== null) {
      advice.push(
        `The shipped models are for small galleries and first trials: fetch ${better} (limen models add ${better}), use it (limen models use ${better}), and enrol everybody again.`,
      );
    }
  }
  if (found.resemblance !== null && found.resemblance.interval95[0] > 1.5) {
    advice.push(
      `The people here resemble each other ${found.resemblance.ratio.toFixed(1)} times as often as the strangers behind the figures: choose a target that is as much stricter.`,
    );
  }
  if (found.misses.takenForAnother > 0) {
    advice.push(
      '`limen gallery clusters` and `limen gallery representative` show pictures that are with the wrong person.',
    );
  }
  if (found.misses.tooClose > found.misses.tooFar) {
    advice.push('Most refusals come from people who are alike: `limen gallery similar` names them.');
  }
  const { unjudged } = found;
  if (unjudged.length > 0) {
    const few = unjudged.slice(0, 5).map(nameOf).join(', ');
    const more = unjudged.length > 5 ? ` and ${unjudged.length - 5} more` : '';
    advice.push(
      `With one picture only, nobody can say how well somebody is recognised: enrol a second one of ${few}${more}.`,
    );
  }
  return advice;
}

async function fetchablePack(): Promise<string | null> {
  const { readCatalogue } = await import('../models/catalogue.ts');
  return readCatalogue().find(({ pack }) => pack.embedder !== undefined)?.pack.name ?? null;
}

function named({ confusable }: GalleryRisk, { gallery }: GallerySource) {
  const nameOf = (id: string) => gallery.people.get(id)?.name ?? id;
  return confusable.map((pair) => ({ ...pair, nameA: nameOf(pair.a), nameB: nameOf(pair.b) }));
}

async function printRisk(found: GalleryRisk, source: GallerySource, advice: readonly string[]): Promise<void> {
  const { count, counted, distance, oneIn, percent } = await import('../evaluate/report/words.ts');
  const { threshold, targetFpir } = found;
  const share = (of: Share | null) =>
    of === null ? 'unknown' : `${percent(of.share)} (${percent(of.interval95[0])} to ${percent(of.interval95[1])})`;
  const perHundred = (of: Share) =>
    `${tidy(100 * of.share)} in 100 (${of.interval95.map((end) => tidy(100 * end)).join(' to ')})`;

  print(`${counted(found.people, 'person', 'people')}, ${counted(found.templates, 'template')}.\n`);
  print(
    `Strangers      ${oneIn(found.expectedFpir)} of those who try would be let in as somebody; at most ${oneIn(found.fpirBound)}, with 95 % confidence.`,
  );
  print(
    `               You allow ${oneIn(targetFpir)}. ${found.supported ? 'The data supports that.' : 'NOT MET: see the end.'}`,
  );
  if (found.fnir === null)
    print('Your people    Nobody has two pictures, so nobody can say how often they are refused.');
  else {
    print(`Your people    about ${perHundred(found.fnir)} of their own pictures would be refused.`);
    print('               Several frames at the door do better; another day and other light do worse.');
  }
  if (found.unjudged.length > 0)
    print(
      `               ${counted(found.unjudged.length, 'person has', 'people have')} one picture only and cannot be judged.`,
    );
  const mistaken = found.confusable.filter((pair) => pair.distance <= threshold);
  print(
    mistaken.length === 0
      ? 'Alike          No two people are near enough to be taken for each other.'
      : `Alike          ${counted(mistaken.length, 'pair')}${mistaken.length === found.confusable.length ? ' or more' : ''} near enough to be taken for each other, see below.`,
  );
  for (const { factor, supported, fnir, fpirBound } of found.growth) {
    const cost = fnir === null ? '' : `, ${tidy(100 * fnir.share)} in 100 refused`;
    const promise = supported ? 'the same promise holds' : `the data promises ${oneIn(fpirBound)} only`;
    print(
      `${factor === 2 ? 'If you grow   ' : '              '} ${count(factor)} times the people: ${promise}${cost}.`,
    );
  }
  if (advice.length > 0) print('\nWhat to do');
  for (const line of advice) print(`  - ${line}`);

  print('\nThe numbers');
  for (const line of table([
    ['  τ, the largest distance granted (1 − cosine)', distance(threshold)],
    ['  margin to the second person', distance(found.minMargin)],
    [
      '  FPIR expected, bound, target',
      `${percent(found.expectedFpir)}, ${percent(found.fpirBound)}, ${percent(targetFpir)}`,
    ],
    ['  FNIR of single pictures, leave-one-out', share(found.fnir)],
    ['    nearer to somebody else', count(found.misses.takenForAnother)],
    ['    beyond τ', count(found.misses.tooFar)],
    ['    somebody else within the margin', count(found.misses.tooClose)],
    ['  own people as strangers: let in as another', share(found.ownPeopleAsStrangers)],
    ...(found.resemblance === null
      ? []
      : [
          [
            '  likeness of your people to each other',
            `${found.resemblance.ratio.toFixed(2)} × the figures (${found.resemblance.interval95.map((end) => end.toFixed(2)).join(' to ')}), at FMR ${percent(found.resemblance.fmr)}`,
          ],
        ]),
  ]))
    print(line);
  print(`  basis: ${found.basis}`);
  print('\nOther targets, other margins');
  const rows = found.targets.map((point) => [
    `  target ${oneIn(point.targetFpir)}`,
    `τ ${distance(point.threshold)}`,
    `FNIR ${share(point.fnir)}`,
    point.supported ? '' : `not supported, at most ${oneIn(point.fpirBound)}`,
  ]);
  const margins = found.margins.map((one) => [
    `  margin ${distance(one.minMargin)}`,
    `τ ${distance(threshold)}`,
    `FNIR ${share(one.fnir)}`,
    `own people as strangers ${share(one.ownPeopleAsStrangers)}`,
  ]);
  for (const line of table([...rows, ...margins])) print(line);
  if (found.confusable.length === 0) return;
  print('\nThe most alike');
  const pairs = named(found, source).map((pair) => [
    `  ${pair.nameA} (${pair.a})`,
    `${pair.nameB} (${pair.b})`,
    distance(pair.distance),
    `strangers: ${oneIn(pair.chance)}`,
    pair.distance <= threshold ? 'within τ' : '',
  ]);
  for (const line of table(pairs)) print(line);
}

/** `8`, `0.4`: two digits that say something, no more. */
function tidy(value: number): string {
  return value >= 10 ? value.toFixed(0) : String(Number(value.toPrecision(value >= 1 ? 2 : 1)));
}
