import type { Answer, Presentation, SpeciesFigures } from '../presentation-attacks.ts';
import type { Cell, Chart, Report } from './report.ts';
import { count, counted, interval, percent } from './words.ts';

/** What one pack answered. */
export interface PackLiveness {
  readonly pack: string;
  /** Whether the pack has a network for it; without one, only what moves behind a face speaks. */
  readonly network: boolean;
  readonly presentations: readonly Presentation[];
  readonly species: readonly SpeciesFigures[];
}

/** Whether living people pass and artefacts do not, species by species. */
export function livenessReport(packs: readonly PackLiveness[], facts: Report['facts']): Report {
  return {
    title: `Living people and attacks, judged by ${packs.map(({ pack }) => pack).join(' and ')}`,
    facts,
    headlines: packs.flatMap(({ pack, species }) =>
      species.map((one) => ({
        label: `${packs.length > 1 ? `${pack}: ` : ''}${one.species === null ? 'living people rejected (BPCER)' : `${one.species} accepted (APCER)`}`,
        value: one.errorRate === null ? '–' : percent(one.errorRate),
        note: `${interval(one.interval95)}, ${counted(one.answered, 'clip')} answered`,
      })),
    ),
    summary: packs.flatMap(summaryOf),
    sections: [
      {
        heading: 'By species of attack',
        explain:
          'ISO/IEC 30107-3: for each attack species the share of presentations taken for living (APCER), for living people the share rejected (BPCER), at the threshold that the pack sets. Species are never averaged: an attacker takes the one that works. Each clip is played to the same verdict that opens a door, for somebody whom recognition would accept, so the answer is that of liveness alone; a clip without a usable face has no answer and is counted apart.',
        charts: packs.filter(({ network }) => network).map(scoresChart),
        tables: packs.map(({ pack, species }) => ({
          columns: [
            packs.length > 1 ? pack : '',
            'clips',
            'answered',
            'error (95 %)',
            'frames',
            'error of single frames',
          ],
          rows: species.map((one): Cell[] => [
            one.species === null ? 'living people: BPCER' : `${one.species}: APCER`,
            count(one.clips),
            count(one.answered),
            one.errorRate === null ? '–' : [percent(one.errorRate), interval(one.interval95)],
            count(one.frames),
            one.frameErrorRate === null ? '–' : percent(one.frameErrorRate),
          ]),
        })),
      },
      {
        heading: 'Clip by clip',
        explain:
          'How each presentation was answered, in the order of the manifest (--json names them), with the median score that the networks gave its frames, 0 for an artefact and 1 for a living face. Over a track limen also looks at what is behind the face.',
        tables: packs.map(({ pack, presentations }) => ({
          columns: [packs.length > 1 ? pack : 'clip', 'what it is', 'answer', 'frames judged', 'median score'],
          rows: presentations.map(({ species, answer, frames }, i) => [
            String(i + 1),
            species ?? 'living',
            verdictWords(answer, species === null),
            count(frames.length),
            medianOf(frames.map(({ score }) => score)),
          ]),
        })),
      },
    ],
  };
}

function summaryOf({ pack, network, presentations, species }: PackLiveness): string[] {
  const says = species.map(({ species: name, answered, clips, errorRate }) => {
    const who = name === null ? 'living people' : `“${name}”`;
    if (errorRate === null) return `No presentation of ${who} got an answer.`;
    const wrong = Math.round(errorRate * answered);
    const verb = name === null ? 'rejected' : 'accepted';
    return `Of ${counted(clips, 'clip')} of ${who}, ${count(answered)} ${answered === 1 ? 'was' : 'were'} answered and ${wrong === 0 ? 'none' : count(wrong)} ${verb}.`;
  });
  const attacks = species.filter(({ species: name }) => name !== null);
  const fewest = Math.min(...species.map(({ clips }) => clips));
  const few =
    fewest < 30
      ? ` These are few clips (${counted(presentations.length, 'clip')}, ${counted(attacks.length, 'attack species', 'attack species')}, in one species only ${fewest}): the intervals are wide, and an instrument that is not among them is not tested.`
      : '';
  const without = network
    ? ''
    : ' This pack has no liveness network: only whether the surroundings of a face stand still was judged.';
  return [`${pack}: ${says.join(' ')}${without}${few}`];
}

function verdictWords(answer: Answer, living: boolean): string {
  if (answer === 'no-answer') return 'no answer';
  return `${answer}${(answer === 'accepted') === living ? '' : ' — wrong'}`;
}

function medianOf(scores: readonly number[]): string {
  const sorted = scores.toSorted((a, b) => a - b);
  return sorted.length === 0 ? '–' : sorted[Math.floor(sorted.length / 2)]!.toFixed(3);
}

const parts = 20;

function scoresChart({ pack, presentations }: PackLiveness): Chart {
  const species = [...new Set(presentations.map((one) => one.species))].sort((a, b) =>
    (a ?? '').localeCompare(b ?? ''),
  );
  return {
    title: `${pack}: scores of single frames`,
    x: { label: 'score, 0 artefact to 1 living' },
    y: { label: 'share of frames', percent: true, fromZero: true },
    lines: species.map((name) => {
      const scores = presentations
        .filter((one) => one.species === name)
        .flatMap(({ frames }) => frames.map(({ score }) => score));
      const shares = new Float64Array(parts);
      for (const score of scores) shares[Math.min(parts - 1, Math.floor(score * parts))]! += 1 / scores.length;
      const steps = Array.from(shares, (share, i) => [i / parts, share] as const);
      // The last step needs an end to reach to.
      return { label: name ?? 'living', points: [...steps, [1, shares[parts - 1]!] as const] };
    }),
    filled: true,
  };
}
