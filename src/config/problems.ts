import { type Document, isCollection, isMap, isScalar, type LineCounter, type Node } from 'yaml';
import { z } from 'zod';

/** A file as it was parsed, so that a place in it can be named. */
export interface SourceText {
  readonly file: string;
  readonly document: Document.Parsed;
  readonly lines: LineCounter;
}

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
export function problemsOf(error: z.ZodError, source: SourceText, schema: z.ZodType): Problem[] {
  return error.issues.flatMap((issue): Problem[] => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => {
        const path = [...issue.path, key];
        return {
          offset: offsetOf(path, source, 'key'),
          path,
          says: `there is no such key${didYouMean(key, issue.path, schema, source)}`,
        };
      });
    }
    return [{ offset: offsetOf(issue.path, source), path: issue.path, says: saysOf(issue, source) }];
  });
}

function saysOf(issue: z.core.$ZodIssue, source: SourceText): string {
  const missing = source.document.getIn(issue.path as (string | number)[]) === undefined;
  if (missing && issue.code === 'invalid_type') return `is missing (${expectedOf(issue)})`;
  if (issue.code === 'invalid_union') {
    const allowed =
      'options' in issue
        ? [...(issue.options as Iterable<unknown>)].map((option) => JSON.stringify(option)).join(', ')
        : '';
    return missing ? `is missing (one of ${allowed})` : `is not one of ${allowed}`;
  }
  return issue.message.replace(/^Invalid input: /, '');
}

function expectedOf(issue: Extract<z.core.$ZodIssue, { code: 'invalid_type' }>): string {
  return `expected ${issue.expected}`;
}

/** The place of a value, or of the nearest thing around it that is in the file. */
export function offsetOf(
  path: readonly PropertyKey[],
  { document }: SourceText,
  of: 'key' | 'value' = 'value',
): number {
  let node: Node | null | undefined = document.contents;
  let offset = node?.range?.[0] ?? 0;
  for (const [i, name] of path.entries()) {
    if (!isCollection(node)) break;
    if (isMap(node)) {
      const pair: { key: unknown; value: unknown } | undefined = node.items.find(
        ({ key }) => isScalar(key) && key.value === name,
      );
      if (pair === undefined) break;
      const key = pair.key as Node;
      const value = pair.value as Node | null;
      const last = i === path.length - 1;
      offset = (last && of === 'key' ? key : (value ?? key)).range?.[0] ?? offset;
      node = value;
    } else {
      node = node.items[Number(name)] as Node;
      offset = node?.range?.[0] ?? offset;
    }
  }
  return offset;
}

function didYouMean(key: string, path: readonly PropertyKey[], schema: z.ZodType, { document }: SourceText): string {
  const known = keysAt(z.toJSONSchema(schema, { io: 'input' }) as JsonSchema, path, document.toJS());
  const [best] = known
    .map((candidate) => ({ candidate, distance: editDistance(key.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ distance }) => distance <= 3)
    .sort((a, b) => a.distance - b.distance);
  if (best !== undefined) return `; did you mean "${best.candidate}"?`;
  return known.length > 0 ? `; known here are ${known.join(', ')}` : '';
}

interface JsonSchema {
  readonly properties?: Record<string, JsonSchema>;
  readonly oneOf?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly const?: unknown;
}

/** The keys that the schema knows at a place; of a choice of drivers, those of the driver that the file names. */
function keysAt(schema: JsonSchema, path: readonly PropertyKey[], value: unknown): string[] {
  const [name, ...rest] = path;
  const options = schema.oneOf ?? schema.anyOf;
  const chosen = options?.find(
    (option) => option.properties?.driver?.const === (value as { driver?: unknown } | null)?.driver,
  );
  const { properties = {} } = chosen ?? schema;
  if (name === undefined) return Object.keys(properties);
  const next = properties[String(name)];
  return next === undefined ? [] : keysAt(next, rest, (value as Record<PropertyKey, unknown> | null)?.[name]);
}

/** Levenshtein's distance, for words of a few letters. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitute = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitute, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
