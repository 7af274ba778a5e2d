import type { Report, Table } from './report.ts';

/** How a terminal shows emphasis. */
export interface Emphasis {
  bold(text: string): string;
  dim(text: string): string;
}

/**
 * A report as lines for a terminal: what the page says, without its charts.
 *
 * @param columns lays out rows of cells
 */
export function reportLines(
  report: Report,
  columns: (rows: readonly (readonly string[])[]) => string[],
  { bold, dim }: Emphasis,
): string[] {
  const facts = columns(report.facts.map(([label, text]) => [dim(label), text]));
  const sections = report.sections
    .filter(({ tables }) => tables.length > 0)
    .flatMap(({ heading, tables }) => [
      '',
      bold(heading),
      ...tables.flatMap((table, i) => [...(i > 0 ? [''] : []), ...tableLines(table)]),
    ]);
  return [bold(report.title), ...facts, '', ...report.summary.flatMap((sentence) => wrapped(sentence)), ...sections];

  function tableLines(table: Table): string[] {
    const cells = table.rows.map((row) =>
      row.map((cell) => (typeof cell === 'string' ? cell : `${cell[0]} ${dim(`(${cell[1]})`)}`)),
    );
    const rows = columns([table.columns.map(dim), ...cells]).map((line) => `  ${line}`);
    return table.note === undefined ? rows : [...rows, ...wrapped(table.note).map((line) => dim(`  ${line}`))];
  }
}

/** Lines of at most 100 letters, broken between words. */
function wrapped(text: string, width = 100): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
