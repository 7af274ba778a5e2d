import type { Report, Row } from './run.ts';
import type { Figure, Summary } from './summary.ts';

/** How much better than a peer limen is held to be: peer's figure divided by limen's, at least. */
const targets: ReadonlyArray<{ peer: string; what: string; of: (summary: Summary) => number | null; least: number }> = [
  { peer: 'face-api', what: 'whole pipeline without liveness, CPU', of: wholeWithoutLiveness, least: 10 },
  { peer: 'human', what: 'whole pipeline without liveness, CPU', of: wholeWithoutLiveness, least: 15 },
  { peer: 'OpenCV', what: 'whole pipeline without liveness, CPU', of: wholeWithoutLiveness, least: 1 },
  { peer: 'face-api', what: 'the same, and a match among the gallery', of: wholeWithMatch, least: 10 },
  { peer: 'human', what: 'the same, and a match among the gallery', of: wholeWithMatch, least: 15 },
  { peer: 'OpenCV', what: 'the same, and a match among the gallery', of: wholeWithMatch, least: 1 },
  { peer: 'face-api', what: 'embedder alone', of: (summary) => typical(summary, 'embed'), least: 8 },
  { peer: 'face-api', what: 'peak memory', of: ({ peakRssMb }) => peakRssMb, least: 1 },
  { peer: 'human', what: 'peak memory', of: ({ peakRssMb }) => peakRssMb, least: 1 },
];

/** The comparison as Markdown, which reads well in a terminal, too. */
export function table(report: Report): string {
  const { machine, frames, comparedFrames, passes } = report;
  return [
    `${report.at.slice(0, 10)}, ${machine.processor}, ${machine.cores} cores, Node ${machine.node}.`,
    `Clip ${report.clip}: ${frames} frames of 640 × 480, each seen ${passes} times after one warm-up; figures over the`,
    `${comparedFrames} frames in which every subject made one template. Milliseconds per frame: mean, median (10th to 90th percentile).`,
    '',
    ...aligned([
      ['', 'threads', 'CPU', 'wall', 'peak memory', 'start', 'frames with a face'],
      ...report.rows.map(wholeRow),
    ]),
    '',
    'Stages, mean milliseconds of CPU time (w: wall time, where a subject tells no other):',
    '',
    ...aligned([
      ['', 'decode', 'detect', 'landmarks', 'liveness', 'embed', `match ${report.galleryRows}`],
      ...report.rows.filter(({ threads, summary }) => threads === 1 && summary).map(stageRow),
    ]),
    '',
    ...fullLooks(report.rows),
    'Against the targets, one thread, means (peer divided by limen):',
    '',
    ...aligned([['', '', 'measured', 'target', ''], ...targetRows(report.rows)]),
  ].join('\n');
}

function fullLooks(rows: readonly Row[]): string[] {
  return rows.flatMap(({ id, threads, summary }) => {
    if (threads !== 1 || summary === null || summary.fullShare === null) return [];
    return [
      `${id}: a full look in ${(100 * summary.fullShare).toFixed(1)} % of these frames, a glimpse in the others.`,
      '',
    ];
  });
}

function wholeRow({ id, threads, notMeasured, summary }: Row): string[] {
  if (!summary) return [id, `${threads}`, `not measured: ${notMeasured}`, '', '', '', ''];
  const { whole, peakRssMb, openMs, framesWithFace, frames } = summary;
  return [
    id,
    `${threads}`,
    figure(whole.cpuMs),
    figure(whole.wallMs),
    `${peakRssMb.toFixed(0)} MB`,
    `${(openMs / 1000).toFixed(2)} s`,
    `${framesWithFace} of ${frames}`,
  ];
}

function stageRow({ id, summary }: Row): string[] {
  const cells = ['decode', 'detect', 'landmarks', 'liveness', 'embed'].map((name) => stageCell(summary!, name));
  return [id, ...cells, decimals(summary!.match.cpuMs?.mean ?? Number.NaN)];
}

/** Two peers find landmarks in the same breath as faces. */
function stageCell({ stages }: Summary, name: string): string {
  const joint = stages['detect and landmarks'];
  if (name === 'landmarks' && joint) return '(in detect)';
  const cost = name === 'detect' && joint ? joint : stages[name];
  if (cost?.cpuMs) return decimals(cost.cpuMs.mean);
  return cost?.wallMs ? `${decimals(cost.wallMs.mean)} w` : '-';
}

function targetRows(rows: readonly Row[]): string[][] {
  const of = (id: string) => rows.find((row) => row.id === id && row.threads === 1)?.summary;
  const limen = of('limen');
  return targets.map(({ peer, what, of: value, least }) => {
    const other = of(peer);
    const ratio = limen && other ? (value(other) ?? Number.NaN) / (value(limen) ?? Number.NaN) : Number.NaN;
    if (Number.isNaN(ratio)) return [peer, what, 'not measured', `${least} ×`, ''];
    return [peer, what, `${ratio.toFixed(ratio < 2 ? 2 : 1)} ×`, `${least} ×`, ratio >= least ? 'reached' : 'MISSED'];
  });
}

/** Means, because a search of the whole picture or a full look in some of the frames has to be paid for as well. */
function wholeWithoutLiveness(summary: Summary): number | null {
  const whole = summary.whole.cpuMs?.mean;
  return whole === undefined ? null : whole - (typical(summary, 'liveness') ?? 0);
}

function wholeWithMatch(summary: Summary): number | null {
  const whole = wholeWithoutLiveness(summary);
  return whole === null ? null : whole + (summary.match.cpuMs?.mean ?? Number.NaN);
}

function typical({ stages }: Summary, name: string): number | null {
  const cost = stages[name];
  return cost?.cpuMs?.mean ?? cost?.wallMs?.mean ?? null;
}

function figure(value: Figure | null): string {
  if (!value) return '-';
  const { mean, median, p10, p90 } = value;
  return `${decimals(mean)}, ${decimals(median)} (${decimals(p10)} to ${decimals(p90)})`;
}

function decimals(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(value >= 1 ? 1 : 2);
}

function aligned(rows: readonly string[][]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`;
  const [head, ...body] = rows;
  return [line(head!), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...body.map(line)];
}
