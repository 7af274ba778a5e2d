import type { z } from 'zod';
import { type Problem, problemsOf } from './problems.ts';
import { parseSource, type SourceText } from './source-text.ts';

/** Something wrong with a text, and where. */
export interface PlacedProblem {
  readonly line: number;
  readonly column: number;
  /** For example `door.pulseMs`; empty for what is no YAML. */
  readonly key: string;
  readonly says: string;
}

/** Problems with the lines that they stand in, from the top. */
export function placed(problems: readonly Problem[], { lines }: SourceText): PlacedProblem[] {
  return [...problems]
    .sort((a, b) => a.offset - b.offset)
    .map(({ offset, path, says }) => {
      const { line, col } = lines.linePos(offset);
      return { line, column: col, key: path.map(String).join('.'), says };
    });
}

/**
 * Check a YAML text that is no file yet against a schema, as the loader of configurations does. Never throws: what is
 * wrong is in `problems`, and `value` is there only without any.
 *
 * @param besides what is right by itself and wrong together
 */
export function checkText<S extends z.ZodType>(
  text: string,
  schema: S,
  besides: (value: z.output<S>, source: SourceText) => readonly Problem[] = () => [],
): { readonly problems: readonly PlacedProblem[]; readonly value: z.output<S> | null } {
  const source = parseSource('text', text);
  if (source.faults.length > 0) {
    const faults = source.faults.map((fault) => ({ ...fault, path: [] }));
    return { problems: placed(faults, source), value: null };
  }
  const parsed = schema.safeParse(source.content);
  const problems = parsed.success ? besides(parsed.data, source) : problemsOf(parsed.error, source, schema);
  return problems.length > 0 || !parsed.success
    ? { problems: placed(problems, source), value: null }
    : { problems: [], value: parsed.data };
}
