import type { SizeBin } from '../detection.ts';
import type { Interval } from '../statistics.ts';
import type { Cell, Report, Section } from './report.ts';
import { count, counted, interval, percent } from './words.ts';

/** Pictures as they are, and pictures scaled down, apart: the second are no photographs. */
export interface RecallFigures {
  readonly pictures: number;
  readonly sizes: readonly SizeBin[];
  /** Faces reported where none is, over all pictures. */
  readonly falseFaces: number;
}

/** How many pictures of a plain folder gave no face. */
export interface AcquisitionFigures {
  readonly pictures: number;
  readonly withoutFace: number;
  readonly failureInterval95: Interval;
}

/** What one pack found. */
export interface PackDetection {
  readonly pack: string;
  readonly asTheyAre: RecallFigures | null;
  readonly scaledDown: RecallFigures | null;
  readonly acquisition: AcquisitionFigures | null;
}

/** How well faces are found. */
export function detectorReport(packs: readonly PackDetection[], facts: Report['facts']): Report {
  return {
    title: `How well ${packs.map(({ pack }) => pack).join(' and ')} find${packs.length === 1 ? 's' : ''} faces`,
    facts,
    headlines: packs.map(({ pack, asTheyAre, acquisition }) =>
      acquisition === null
        ? {
            label: `${pack}: faces found`,
            value: percent(overall(asTheyAre)),
            note: `of ${counted(facesOf(asTheyAre), 'face')}`,
          }
        : {
            label: `${pack}: pictures without a face`,
            value: percent(acquisition.withoutFace / acquisition.pictures),
            note: interval(acquisition.failureInterval95),
          },
    ),
    summary: packs.map(summaryOf),
    sections: [
      ...acquisitionSections(packs),
      ...recallSections(packs, {
        heading: 'Faces by size, pictures as they are',
        explain:
          'Width of the face from ear to ear in the picture, in pixels. Eye error is the distance of the found eye centres from the true ones as a share of the distance between the eyes: below 10 % is good, above 25 % is another place. Faces of one person resemble each other, so the intervals are rather too narrow.',
        of: ({ asTheyAre }) => asTheyAre,
      }),
      ...recallSections(packs, {
        heading: 'The same pictures scaled down',
        explain:
          'Every picture of one person, made smaller in the middle of a picture as large as before, as if the person stood further away. A real camera also blurs and adds noise at a distance: read these as the best case.',
        of: ({ scaledDown }) => scaledDown,
      }),
    ],
  };
}

function summaryOf({ pack, asTheyAre, acquisition }: PackDetection): string {
  if (acquisition !== null) {
    const { pictures, withoutFace, failureInterval95 } = acquisition;
    return `${pack} found no face in ${count(withoutFace)} of ${counted(pictures, 'picture')}: a failure to acquire of ${percent(withoutFace / pictures)} (${interval(failureInterval95)}).`;
  }
  const faces = asTheyAre!;
  return `${pack} found ${percent(overall(faces))} of ${counted(facesOf(faces), 'face')} in ${counted(faces.pictures, 'picture')} and reported ${counted(faces.falseFaces, 'face')} where there is none.`;
}

function facesOf(figures: RecallFigures | null): number {
  return (figures?.sizes ?? []).reduce((sum, { faces }) => sum + faces, 0);
}

function overall(figures: RecallFigures | null): number {
  const found = (figures?.sizes ?? []).reduce((sum, { faces, recall }) => sum + faces * recall, 0);
  return found / facesOf(figures);
}

function acquisitionSections(packs: readonly PackDetection[]): Section[] {
  const rows = packs.flatMap(({ pack, acquisition }): Cell[][] =>
    acquisition === null
      ? []
      : [
          [
            pack,
            count(acquisition.pictures),
            count(acquisition.withoutFace),
            [percent(acquisition.withoutFace / acquisition.pictures), interval(acquisition.failureInterval95)],
          ],
        ],
  );
  if (rows.length === 0) return [];
  return [
    {
      heading: 'Failure to acquire',
      explain:
        'Pictures in which no face was found at all. Nothing says whether a face that was found is the right one.',
      tables: [{ columns: ['', 'pictures', 'without a face', 'failure to acquire'], rows }],
    },
  ];
}

interface RecallSection {
  readonly heading: string;
  readonly explain: string;
  readonly of: (pack: PackDetection) => RecallFigures | null;
}

function recallSections(packs: readonly PackDetection[], { heading, explain, of }: RecallSection): Section[] {
  const runs = packs.flatMap((pack) => {
    const figures = of(pack);
    return figures === null ? [] : [{ pack: pack.pack, ...figures }];
  });
  if (runs.length === 0) return [];
  const middle = ({ fromPx, toPx }: SizeBin) => (Number.isFinite(toPx) ? (fromPx + toPx) / 2 : fromPx * 1.25);
  const lines = (value: (bin: SizeBin) => number | null) =>
    runs.map(({ pack, sizes }) => ({ label: pack, points: sizes.map((bin) => [middle(bin), value(bin)] as const) }));
  const x = { label: 'width of the face, pixels' };
  return [
    {
      heading,
      explain,
      charts: [
        {
          title: 'Faces found',
          x,
          y: { label: 'share of faces', percent: true, fromZero: true },
          lines: lines(({ recall }) => recall),
        },
        {
          title: 'Eye error, median',
          x,
          y: { label: 'share of the distance between the eyes', percent: true, fromZero: true },
          lines: lines(({ eyeErrorMedian }) => eyeErrorMedian),
        },
      ],
      tables: runs.map(({ pack, sizes, falseFaces }) => ({
        columns: [`${pack}: face width`, 'faces', 'people', 'found', 'eye error, median', 'worst 5 %'],
        rows: sizes.map((bin): Cell[] => [
          widthWords(bin),
          count(bin.faces),
          count(bin.people),
          [percent(bin.recall), interval(bin.recallInterval95)],
          bin.eyeErrorMedian === null ? '–' : percent(bin.eyeErrorMedian),
          bin.eyeErrorWorst5 === null ? '–' : percent(bin.eyeErrorWorst5),
        ]),
        note: `${counted(falseFaces, 'face')} reported where there is none.`,
      })),
    },
  ];
}

function widthWords({ fromPx, toPx }: SizeBin): string {
  if (fromPx === 0) return `below ${toPx} px`;
  return Number.isFinite(toPx) ? `${fromPx}–${toPx} px` : `${fromPx} px and more`;
}
