import { inspect } from 'node:util';
import { isLimenError, messageOf } from '../domain/errors.ts';
import { errorColours } from '../runtime/colours.ts';

/** One JSON document on standard output. Templates never get here: a caller prints what it names, not what it has. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** One line on standard output. */
export function print(line = ''): void {
  process.stdout.write(`${line}\n`);
}

/** Columns as wide as their widest cell; colours do not count as width. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, widthOf(cell));
  }
  return rows.map((row) =>
    row
      .map((cell, i) => cell + ' '.repeat((widths[i] ?? 0) - widthOf(cell)))
      .join('  ')
      .trimEnd(),
  );
}

/** What went wrong and how to mend it, on standard error; the stack and its causes only when asked for. */
export function printError(error: unknown, verbose: boolean): void {
  const code = isLimenError(error) ? error.code : 'internal';
  process.stderr.write(`${errorColours.red('limen:')} ${messageOf(error)} ${errorColours.dim(`[${code}]`)}\n`);
  const hint = isLimenError(error)
    ? error.hint
    : 'This is a fault in limen: run it again with --verbose and report what it says.';
  if (hint !== undefined) process.stderr.write(`${errorColours.bold('mend:')}  ${hint}\n`);
  if (verbose) process.stderr.write(`${inspect(error, { colors: false })}\n`);
}

function widthOf(cell: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours start with the escape character
  return [...cell.replace(/\u001b\[\d+m/g, '')].length;
}
