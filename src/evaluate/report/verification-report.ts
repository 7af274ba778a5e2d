import { curveOf, errorsOver, successesOver } from '../curves.ts';
import type { Experiment } from '../operating-points.ts';
import type { AllPairsResult, ProtocolFigures } from '../verification.ts';
import { allPairsSections } from './all-pairs-report.ts';
import { detChart, rateRows, rocChart, thinNote } from './rates.ts';
import type { Cell, Headline, Report, Section } from './report.ts';
import { count, counted, distance, interval, oneIn, percent } from './words.ts';

/** What one pack did. */
export interface PackVerification {
  /** As it can be named again: `yunet,mobilefacenet`. */
  readonly pack: string;
  readonly picturesWithoutFace: number;
  readonly protocol: { readonly figures: ProtocolFigures; readonly experiment: Experiment } | null;
  readonly all: AllPairsResult;
}

/** What was looked at. */
export interface VerificationSetup {
  readonly facts: Report['facts'];
  readonly pictures: number;
  /** Of the pairs file; `null` without one. */
  readonly source: string | null;
}

/** How well packs tell people apart, for a page or a terminal. Several packs stand side by side. */
export function verificationReport(packs: readonly PackVerification[], setup: VerificationSetup): Report {
  return {
    title:
      packs.length === 1
        ? `How well ${packs[0]!.pack} tells people apart`
        : `${packs.map(({ pack }) => pack).join(' and ')}, side by side`,
    facts: setup.facts,
    headlines: packs.flatMap((pack) => headlinesOf(pack, packs.length > 1)),
    summary: packs.flatMap((pack) => summaryOf(pack, setup)),
    sections: [...protocolSections(packs, setup), ...allPairsSections(packs)],
  };
}

/** Errors that a figure has to rest on to be put in front (Doddington's rule of 30: then it is within 30 %). */
const carried = 30;

function headlinesOf({ pack, protocol, all, picturesWithoutFace }: PackVerification, named: boolean): Headline[] {
  const label = (text: string) => (named ? `${pack}: ${text}` : text);
  const at =
    all.figures.tarAtFar.findLast(({ acceptedImpostors }) => acceptedImpostors >= carried) ?? all.figures.tarAtFar[0]!;
  return [
    ...(protocol === null
      ? []
      : [
          {
            label: label('right answers'),
            value: percent(protocol.figures.accuracy),
            note: `± ${percent(protocol.figures.deviation)} over ${protocol.figures.folds.length} folds; ${interval(protocol.figures.accuracyInterval95)}`,
          },
        ]),
    {
      label: label(`recognised, ${oneIn(at.far)} strangers passing`),
      value: percent(at.tar),
      note: `${interval(at.interval95)}, all against all`,
    },
    ...(named
      ? []
      : [
          {
            label: 'pictures without a face found',
            value: count(picturesWithoutFace),
            note: 'each counts as an error',
          },
        ]),
  ];
}

function summaryOf(
  { pack, protocol, all, picturesWithoutFace }: PackVerification,
  { pictures }: VerificationSetup,
): string[] {
  const loose = all.figures.tarAtFar.find(({ far }) => far === 1e-3)!;
  const strict = all.figures.tarAtFar.findLast(({ acceptedImpostors }) => acceptedImpostors >= carried);
  const protocolSentence =
    protocol === null
      ? ''
      : `Asked whether two pictures show one person, ${pack} answered ${percent(protocol.figures.accuracy)} of ${count(protocol.figures.pairs)} pairs rightly. `;
  const strictSentence =
    strict === undefined || strict.far >= 1e-3
      ? ''
      : `Set so strictly that ${oneIn(strict.far)} passes, as a larger gallery demands, it recognises ${percent(strict.tar)}.`;
  return [
    `${protocolSentence}It found no face in ${counted(picturesWithoutFace, 'picture')} of ${count(pictures)}; every comparison with them counts as an error. ` +
      `Set so that ${oneIn(1e-3)} comparisons with a stranger passes, it recognises ${percent(loose.tar)} of the comparisons of a person with themselves from a single picture. ${strictSentence}`,
  ];
}

function protocolSections(packs: readonly PackVerification[], { source }: VerificationSetup): Section[] {
  const runs = packs.flatMap(({ pack, protocol }) => (protocol === null ? [] : [{ pack, ...protocol }]));
  const [first] = runs;
  if (first === undefined) return [];
  const columns = ['', ...runs.map(({ pack }) => pack)];
  const row = (label: string, cell: (figures: ProtocolFigures) => Cell) => [
    label,
    ...runs.map(({ figures }) => cell(figures)),
  ];
  const folds = first.figures.folds.length;
  const drawn =
    first.figures.resampled === 'people'
      ? 'people, because pairs share people (if anything too wide)'
      : 'pairs, because no two share a person';
  return [
    {
      heading: `Pair by pair: ${source}`,
      explain: `Each of the ${folds} folds is judged with the threshold that was best on the others. A pair in which no face was found counts as wrong, whether it shows one person or two. Intervals draw ${drawn}, with the thresholds kept.`,
      charts: [
        detChart(
          'Rejected against falsely accepted (DET)',
          runs.map(({ pack, experiment }) => ({ label: pack, points: errorsOver(curveOf(experiment)) })),
        ),
        rocChart(
          'Accepted against falsely accepted (ROC)',
          runs.map(({ pack, experiment }) => ({ label: pack, points: successesOver(curveOf(experiment)) })),
        ),
      ],
      tables: [
        {
          columns,
          rows: [
            row('accuracy', ({ accuracy, deviation, accuracyInterval95 }) => [
              `${percent(accuracy)} ± ${percent(deviation)}`,
              interval(accuracyInterval95),
            ]),
            row('equal error rate', ({ equalErrorRate, equalErrorInterval95 }) => [
              percent(equalErrorRate),
              interval(equalErrorInterval95),
            ]),
            ...rateRows(runs.map(({ figures }) => figures.tarAtFar)),
            row('pairs of one person', ({ genuine }) => count(genuine)),
            row('pairs of two people, both seen', ({ impostors }) => count(impostors)),
            row('pairs without a face', ({ pairsWithoutFace }) => count(pairsWithoutFace)),
          ],
          note: thinNote(first.figures.tarAtFar),
        },
        {
          columns: [
            'fold',
            ...runs.flatMap(({ pack }) =>
              runs.length > 1 ? [`${pack}: accuracy`, 'threshold'] : ['accuracy', 'threshold'],
            ),
          ],
          rows: first.figures.folds.map((_, i) => [
            String(i + 1),
            ...runs.flatMap(({ figures }) => [
              percent(figures.folds[i]!.accuracy),
              distance(figures.folds[i]!.threshold),
            ]),
          ]),
        },
      ],
    },
  ];
}
