import type { SizeFigure } from '../gallery-sizes.ts';
import { type Attempt, detCurve, type IdentificationFigures, type TargetFigure } from '../identification.ts';
import type { Condition } from '../open-set.ts';
import type { Cell, Chart, Headline, Report, Section } from './report.ts';
import { count, counted, distance, interval, oneIn, percent } from './words.ts';

/** One pack under one condition. */
export interface ConditionResult {
  readonly condition: Condition;
  readonly figures: IdentificationFigures;
  readonly attempts: readonly Attempt[];
}

/** What one pack did: the conditions in the order asked for, the sizes under the last of them. */
export interface PackIdentification {
  readonly pack: string;
  readonly conditions: readonly ConditionResult[];
  readonly sizes: readonly SizeFigure[];
  /** How much farther the second person had to be. */
  readonly minMargin: number;
}

/** What was demanded. */
export interface IdentificationSetup {
  readonly facts: Report['facts'];
}

/** How well packs find the right person among many, and nobody for a stranger. */
export function identificationReport(packs: readonly PackIdentification[], setup: IdentificationSetup): Report {
  const names = packs.map(({ pack }) => pack).join(' and ');
  return {
    title: packs.length === 1 ? `How well ${names} finds the right person` : `${names}: finding the right person`,
    facts: [
      ...setup.facts,
      [
        'margin',
        `the second person at least ${packs.map(({ minMargin }) => minMargin.toFixed(3)).join(' and ')} farther`,
      ],
    ],
    headlines: packs.flatMap((pack) => headlinesOf(pack, packs.length > 1)),
    summary: packs.map(summaryOf),
    sections: [conditionsSection(packs), targetsSection(packs), ...sizesSections(packs)],
  };
}

function last<T>(values: readonly T[]): T {
  return values.at(-1)!;
}

function headlinesOf({ pack, conditions }: PackIdentification, named: boolean): Headline[] {
  const { figures } = last(conditions);
  const [target] = figures.targets as [TargetFigure];
  const label = (text: string) => (named ? `${pack}: ${text}` : text);
  return [
    {
      label: label('nearest is the right person'),
      value: percent(figures.rank1),
      note: interval(figures.rank1Interval95),
    },
    {
      label: label(`not recognised, target ${oneIn(target.targetFpir)}`),
      value: percent(target.fnir),
      note: interval(target.fnirInterval95),
    },
    ...(figures.strangers === 0
      ? []
      : [
          {
            label: label('strangers let in'),
            value: percent(target.fpir),
            note: `promised at most ${percent(target.predictedFpir)}; ${interval(target.fpirInterval95)}`,
          },
        ]),
  ];
}

function summaryOf({ pack, conditions }: PackIdentification): string {
  const { figures, condition } = last(conditions);
  const [target] = figures.targets as [TargetFigure];
  const first = conditions[0]!;
  const gain =
    conditions.length === 1
      ? ''
      : ` Before, with ${conditionWords(first.condition)}, it failed to recognise ${percent(first.figures.targets[0]!.fnir)}.`;
  const strangers =
    figures.strangers === 0
      ? 'No stranger tried, so nothing is known about letting one in.'
      : `Of ${count(figures.strangers)} strangers, ${percent(target.fpir)} were taken for somebody; promised was at most ${percent(target.predictedFpir)}${target.promised ? '' : `, because the pack's figures cannot promise the target of ${percent(target.targetFpir)} for so many templates`}.`;
  return (
    `${count(figures.people)} people were enrolled and tried ${count(figures.attempts)} times with ${pack}, ${conditionWords(condition)}. ` +
    `${percent(target.fnir)} of their attempts did not end in their name at the threshold that limen derives for this gallery. ${strangers}${gain}`
  );
}

function conditionWords({ enrol, frames }: Condition): string {
  return `${counted(enrol, 'picture')} enrolled per person, ${counted(frames, 'picture')} per attempt`;
}

function conditionsSection(packs: readonly PackIdentification[]): Section {
  const runs = packs.flatMap(({ pack, conditions, minMargin }) =>
    conditions.map((one) => ({ ...one, minMargin, label: labelOf(pack, one.condition, packs.length) })),
  );
  const [rates = []] = runs.map(({ figures }) => figures.fnirAtFpir).sort((a, b) => b.length - a.length);
  const charts: Chart[] = [
    {
      title: 'Not recognised against strangers let in (DET)',
      x: { label: 'false positive identification rate', logarithmic: true, percent: true },
      y: { label: 'false negative identification rate', logarithmic: true, percent: true },
      lines: runs.map(({ label, attempts, minMargin }) => ({
        label,
        points: logPoints(detCurve(attempts, minMargin)),
      })),
    },
  ];
  return {
    heading: 'What more pictures give',
    explain:
      'Everybody tries with the same pictures in every row; what changes is how many pictures of each person are enrolled, and how many are fused into one attempt, as a door fuses frames. Strangers with fewer pictures than an attempt takes are left out of its row. A person whose face was not found counts as not recognised. These rates are read off the same attempts.',
    ...(last(runs).figures.strangers > 0 && { charts }),
    tables: [
      {
        columns: [
          '',
          'attempts',
          'strangers',
          'templates',
          'nearest is right',
          ...rates.map(({ fpir }) => `missed, ${oneIn(fpir)} strangers in`),
        ],
        rows: runs.map(({ label, figures }): Cell[] => [
          label,
          count(figures.attempts),
          count(figures.strangers),
          count(figures.templates),
          [percent(figures.rank1), interval(figures.rank1Interval95)],
          ...rates.map((_, i) => (figures.fnirAtFpir[i] ? percent(figures.fnirAtFpir[i].fnir) : '–')),
        ]),
      },
    ],
  };
}

function labelOf(pack: string, condition: Condition, packs: number): string {
  const words = `${condition.enrol} enrolled, ${condition.frames} per attempt`;
  return packs > 1 ? `${pack}: ${words}` : words;
}

function targetsSection(packs: readonly PackIdentification[]): Section {
  const runs = packs.flatMap(({ pack, conditions }) =>
    conditions.map((one) => ({ ...one, label: labelOf(pack, one.condition, packs.length) })),
  );
  return {
    heading: 'Planted impostors: what limen promises, and what happened',
    explain:
      "The threshold follows from the pack's impostor figures, the size of the gallery and the target, as on a door; these strangers had no part in it. The promise is an upper bound and does not count the margin, so fewer should get in. “beyond the data” means that the pack was not measured on enough people to promise the target: the strictest threshold it knows is used.",
    tables: runs.map(({ label, figures }) => ({
      columns: [label, 'promised', 'strangers in', 'without the margin', 'members missed', 'threshold'],
      rows: figures.targets.map((one): Cell[] => [
        `target ${percent(one.targetFpir)}`,
        `≤ ${percent(one.predictedFpir)}${one.promised ? '' : ' (beyond the data)'}`,
        figures.strangers === 0 ? '–' : [percent(one.fpir), interval(one.fpirInterval95)],
        figures.strangers === 0 ? '–' : percent(one.fpirWithoutMargin),
        [percent(one.fnir), interval(one.fnirInterval95)],
        distance(one.threshold),
      ]),
    })),
  };
}

function sizesSections(packs: readonly PackIdentification[]): Section[] {
  const sized = packs.filter(({ sizes }) => sizes.length > 0);
  const [first] = sized;
  if (first === undefined) return [];
  const target = last(first.conditions).figures.targets[0]!.targetFpir;
  return [
    {
      heading: 'What growing costs',
      explain: `The more people a gallery has, the stricter it must be for the same promise of ${percent(target)}, and the more of its own people it misses. Each row is the mean over ${first.sizes[0]!.galleries} random galleries of that size, with ${conditionWords(last(first.conditions).condition)}.`,
      charts: [
        {
          title: 'Members missed',
          x: { label: 'people in the gallery', logarithmic: true },
          y: { label: 'false negative identification rate', percent: true, fromZero: true },
          lines: sized.map(({ pack, sizes }) => ({
            label: pack,
            points: sizes.map(({ people, fnir }) => [people, fnir] as const),
          })),
        },
        {
          title: 'Strangers let in',
          x: { label: 'people in the gallery', logarithmic: true },
          y: { label: 'false positive identification rate', percent: true, fromZero: true },
          lines: sized.flatMap(({ pack, sizes }) => [
            {
              label: `${pack}, happened`,
              points: sizes.map(({ people, fpir }) => [people, fpir] as const),
              band: sizes.map(({ people, fpirInterval95 }) => [people, ...fpirInterval95] as const),
            },
            {
              label: `${pack}, promised`,
              points: sizes.map(({ people, predictedFpir }) => [people, predictedFpir] as const),
            },
          ]),
        },
      ],
      tables: sized.map(({ pack, sizes }) => ({
        columns: [
          packs.length > 1 ? `${pack}: people` : 'people',
          'members missed',
          'promised',
          'strangers in',
          'threshold',
        ],
        rows: sizes.map((one): Cell[] => [
          count(one.people),
          percent(one.fnir),
          `≤ ${percent(one.predictedFpir)}`,
          [percent(one.fpir), interval(one.fpirInterval95)],
          distance(one.threshold),
        ]),
      })),
    },
  ];
}

/** A logarithmic axis has no zero; of equal rates the last is the best. */
function logPoints(points: readonly { fpir: number; fnir: number }[]): [number, number | null][] {
  const best = new Map(points.filter(({ fpir }) => fpir > 0).map(({ fpir, fnir }) => [fpir, fnir > 0 ? fnir : null]));
  return [...best];
}
