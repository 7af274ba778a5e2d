import { curveOfAll, errorsOver, hillsOf, successesOver } from '../curves.ts';
import type { AllPairsFigures, AllPairsResult } from '../verification.ts';
import { detChart, rateRows, rocChart, thinNote } from './rates.ts';
import type { Cell, Chart, Section } from './report.ts';
import { count, distance, interval, oneIn, percent } from './words.ts';

/** What one pack did, all against all. */
interface PackResult {
  readonly pack: string;
  readonly all: AllPairsResult;
}

/** Every picture against every other, the pack's promises, and the two hills of distances. */
export function allPairsSections(packs: readonly PackResult[]): Section[] {
  return [ratesSection(packs), promisesSection(packs), distributionSection(packs)];
}

function ratesSection(packs: readonly PackResult[]): Section {
  const [{ all: first }] = packs as readonly [PackResult];
  const row = (label: string, cell: (figures: AllPairsFigures) => Cell) => [
    label,
    ...packs.map(({ all }) => cell(all.figures)),
  ];
  return {
    heading: 'Every picture against every other',
    explain: `Many more comparisons than pairs, so the rates can be followed to where a door works: whoever compares a face with a thousand templates needs a thousandth of the rate. Threshold and rate are read off the same comparisons; intervals draw people, and are the shade around each curve.`,
    charts: [
      detChart(
        'Rejected against falsely accepted (DET)',
        packs.map(({ pack, all }) => ({
          label: pack,
          points: errorsOver(curveOfAll(all.experiment)),
          band: all.band.map(({ far, interval95: [low, high] }) => [far, 1 - high, 1 - low] as const).reverse(),
        })),
      ),
      rocChart(
        'Accepted against falsely accepted (ROC)',
        packs.map(({ pack, all }) => ({
          label: pack,
          points: successesOver(curveOfAll(all.experiment)),
          band: all.band.map(({ far, interval95 }) => [far, ...interval95] as const).reverse(),
        })),
      ),
    ],
    tables: [
      {
        columns: ['', ...packs.map(({ pack }) => pack)],
        rows: [
          ...rateRows(packs.map(({ all }) => all.figures.tarAtFar)),
          row('equal error rate', ({ equalErrorRate }) => percent(equalErrorRate)),
          row('comparisons of one person', ({ genuine }) => count(genuine)),
          row('comparisons of two people', ({ impostors }) => count(impostors)),
          row('people', ({ people }) => count(people)),
        ],
        note: thinNote(first.figures.tarAtFar),
      },
    ],
  };
}

function promisesSection(packs: readonly PackResult[]): Section {
  return {
    heading: "What the pack's own figures promise, and what happened here",
    explain: `A door takes its threshold from the impostor figures that come with the pack, never from these pictures. The promise is an upper bound: what happened should be lower, or at least have an interval that reaches below it.`,
    tables: packs.map(({ pack, all }) => {
      const { promises } = all.figures;
      return {
        columns: [
          packs.length > 1 ? `${pack}: false matches promised` : 'false matches promised',
          'happened',
          'of one person recognised',
          'threshold',
        ],
        rows: (promises ?? []).map((one): Cell[] => [
          `at most ${oneIn(one.promisedFmr)}`,
          [oneIn(one.far), `${oneIn(one.farInterval95[0])} to ${oneIn(one.farInterval95[1])}`],
          [percent(one.tar), interval(one.tarInterval95)],
          distance(one.threshold),
        ]),
        ...(promises === null && { note: `${pack} has no impostor figures: "limen evaluate calibration" makes them.` }),
      };
    }),
  };
}

function distributionSection(packs: readonly PackResult[]): Section {
  return {
    heading: 'How far apart',
    explain:
      'Distances (1 − cosine) of comparisons of one person and of two people, each as a share of its own kind. The less the hills overlap, the better.',
    charts: packs.map(({ pack, all }): Chart => {
      const hills = hillsOf(all.experiment);
      const points = (shares: readonly number[]) => hills.distances.map((at, i) => [at, shares[i]!] as const);
      return {
        title: pack,
        x: { label: 'distance (1 − cosine)' },
        y: { label: 'share of comparisons', percent: true, fromZero: true },
        lines: [
          { label: 'one person', points: points(hills.genuine) },
          { label: 'two people', points: points(hills.impostors) },
        ],
        filled: true,
      };
    }),
    tables: [],
  };
}
