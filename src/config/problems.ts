import type { z } from 'zod';
import { inWords, shown } from './in-words.ts';
import { type JsonSchema, jsonSchemaOf, keysOf, schemaAt, valueAt } from './json-schema.ts';
import { nearestWord } from './nearest-word.ts';
import { offsetOf, type SourceText, writtenAs } from './source-text.ts';

/** Something wrong at a place in the file. */
export interface Problem {
  /** Characters from the start of the file. */
  readonly offset: number;
  readonly path: readonly PropertyKey[];
  readonly says: string;
}

/** `door.yaml:12:3: door.pulseMs: …` */
export function sentenceOf({ offset, path, says }: Problem, { file, lines }: SourceText): string {
  const { line, col } = lines.linePos(offset);
  const key = path.length === 0 ? '' : `${path.map(String).join('.')}: `;
  return `${file}:${line}:${col}: ${key}${says}`;
}

/** Every issue of a zod error, with its place and with what is allowed there. */
export function problemsOf(error: z.ZodError, source: SourceText, zodSchema: z.ZodType): Problem[] {
  const schema = jsonSchemaOf(zodSchema);
  return error.issues.flatMap((issue): Problem[] => {
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => unknownKey([...issue.path, key], source, schema));
    const allowed = schemaAt(schema, issue.path, source.content) ?? {};
    const value = valueAt(source.content, issue.path);
    const says = saysOf(issue, { value, written: writtenAs(issue.path, source) ?? String(value) }, allowed);
    return [{ offset: offsetOf(issue.path, source), path: issue.path, says }];
  });
}

function unknownKey(path: readonly PropertyKey[], source: SourceText, schema: JsonSchema): Problem {
  const section = path.slice(0, -1);
  const known = keysOf(schemaAt(schema, section, source.content) ?? {}, valueAt(source.content, section));
  const meant = nearestWord(String(path.at(-1)), known);
  const advice = meant === null ? `known here are ${known.join(', ')}` : `did you mean "${meant}"?`;
  return { offset: offsetOf(path, source, 'key'), path, says: `there is no such key; ${advice}` };
}

interface Given {
  readonly value: unknown;
  /** As it stands in the file: `0123` and not `123`. */
  readonly written: string;
}

function saysOf(issue: z.core.$ZodIssue, { value, written }: Given, allowed: JsonSchema): string {
  const expected = `expected ${inWords(allowed)}`;
  if (value === undefined) return `is missing; ${expected}`;
  if (value === null || value === '') return `is empty; ${expected}`;
  // The schema's own words say more than a pattern, and than a type that is right.
  if (issue.code === 'invalid_format' || issue.code === 'custom')
    return `${shown(value)} does not fit: ${issue.message}`;
  const quotesMend = allowed.type === 'string' && (allowed.enum === undefined || allowed.enum.includes(written));
  if (typeof value === 'number' && quotesMend) return `is a number; ${expected}: write "${written}", in quotes`;
  if (Array.isArray(value) && issue.code === 'too_small')
    return `has ${value.length === 1 ? 'one entry' : `${value.length} entries`}, and needs ${issue.minimum} at least`;
  if (typeof value === 'object') return `is ${Array.isArray(value) ? 'a list' : 'a section'}; ${expected}`;
  const meant = typeof value === 'string' ? nearestWord(value, (allowed.enum ?? []).map(String)) : null;
  return `${shown(value)} is not allowed; ${expected}${meant === null ? '' : `; did you mean "${meant}"?`}`;
}
