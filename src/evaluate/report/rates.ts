import type { RateFigure } from '../verification.ts';
import type { Cell, Chart } from './report.ts';
import { count, interval, oneIn, percent } from './words.ts';

/** One row per rate, one cell per pack. */
export function rateRows(figures: readonly (readonly RateFigure[])[]): Cell[][] {
  return figures[0]!.map(({ far }, i) => [
    `recognised when ${oneIn(far)} strangers passes`,
    ...figures.map((rates): Cell => (rates[i] ? [percent(rates[i].tar), interval(rates[i].interval95)] : '–')),
  ]);
}

/** How many comparisons carry each rate. */
export function thinNote(rates: readonly RateFigure[]): string {
  const counts = rates.map(({ far, acceptedImpostors }) => `${oneIn(far)} on ${count(acceptedImpostors)}`);
  return `Comparisons with a stranger that pass, and so carry each figure: ${counts.join('; ')}. Below about ten it is a rough guess.`;
}

/** Errors against errors, both on logarithmic axes (ISO/IEC 19795-1 calls it a DET plot). */
export function detChart(title: string, lines: Chart['lines']): Chart {
  return {
    title,
    x: { label: 'false acceptance rate', logarithmic: true, percent: true },
    y: { label: 'false rejection rate', logarithmic: true, percent: true },
    lines,
  };
}

/** Successes against errors. */
export function rocChart(title: string, lines: Chart['lines']): Chart {
  return {
    title,
    x: { label: 'false acceptance rate', logarithmic: true, percent: true },
    y: { label: 'true acceptance rate', percent: true },
    lines,
  };
}
