import type { Look, Result, Spent } from './subjects/measure.ts';

/** A median with the range in which eight of ten measurements lie. */
export interface Figure {
  readonly median: number;
  readonly p10: number;
  readonly p90: number;
  /** Over all measurements, the dear ones included. */
  readonly mean: number;
}

/** Both clocks; `null` where a subject does not tell. */
export interface Cost {
  readonly cpuMs: Figure | null;
  readonly wallMs: Figure | null;
}

/** One subject's figures over the frames that all subjects are compared on. */
export interface Summary {
  readonly version: string;
  readonly threads: number;
  readonly whole: Cost;
  readonly stages: Readonly<Record<string, Cost>>;
  readonly match: Cost;
  readonly peakRssMb: number;
  readonly openMs: number;
  /** Frames of the clip in which it found a face, of how many. */
  readonly framesWithFace: number;
  readonly frames: number;
  /** The share of the compared looks that were full ones; `null` where a subject knows no other. */
  readonly fullShare: number | null;
}

/** The frames in which every subject made exactly one template: there all of them did the same work. */
export function framesInCommon(results: readonly Result[]): ReadonlySet<number> {
  const sets = results.map(({ looks }) => framesWhere(looks, ({ templates }) => templates === 1));
  const [first = new Set<number>(), ...others] = sets;
  return new Set([...first].filter((frame) => others.every((set) => set.has(frame))));
}

function framesWhere(looks: readonly Look[], holds: (look: Look) => boolean): Set<number> {
  return new Set(looks.filter(holds).map(({ frame }) => frame));
}

/** The figures of one subject over `frames`. */
export function summaryOf(result: Result, frames: ReadonlySet<number>): Summary {
  const { looks, matches, ...facts } = result;
  const compared = looks.filter(({ frame }) => frames.has(frame));
  const stageNames = [...new Set(compared.flatMap(({ stages }) => Object.keys(stages)))];
  const stages = stageNames.map((name) => [name, costOf(compared.flatMap((look) => look.stages[name] ?? []))] as const);
  return {
    ...facts,
    whole: costOf(compared.map(({ whole }) => whole)),
    stages: Object.fromEntries(stages),
    match: costOf(matches),
    framesWithFace: framesWhere(looks, ({ faces }) => faces > 0).size,
    frames: new Set(looks.map(({ frame }) => frame)).size,
    fullShare: compared.some(({ full }) => full === false)
      ? compared.filter(({ full }) => full).length / compared.length
      : null,
  };
}

function costOf(spent: readonly Spent[]): Cost {
  return {
    cpuMs: figureOf(spent.flatMap(({ cpuMs }) => cpuMs ?? [])),
    wallMs: figureOf(spent.flatMap(({ wallMs }) => wallMs ?? [])),
  };
}

function figureOf(values: readonly number[]): Figure | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  return { median: at(0.5), p10: at(0.1), p90: at(0.9), mean };
}
