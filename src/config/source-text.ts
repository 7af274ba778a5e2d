import {
  type Document,
  type DocumentOptions,
  type ErrorCode,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  LineCounter,
  type Node,
  type ParseOptions,
  parseDocument,
  type SchemaOptions,
  visit,
} from 'yaml';
import { messageOf } from '../domain/errors.ts';

/** A YAML file as it was parsed, so that a place in it can be named. */
export interface SourceText {
  readonly file: string;
  readonly document: Document.Parsed;
  readonly lines: LineCounter;
  /** Plain values; `undefined` when the file is no YAML. */
  readonly content: unknown;
  /** What is wrong with it as YAML. */
  readonly faults: readonly { readonly offset: number; readonly says: string }[];
}

const strict: ParseOptions & DocumentOptions & SchemaOptions = {
  prettyErrors: false,
  stringKeys: true,
  uniqueKeys: true,
};

/** Where the parser speaks to programmers. */
const ownWords: Partial<Record<ErrorCode, string>> = {
  MULTIPLE_DOCS: 'a second document starts here ("---"); a configuration is one document',
  NON_STRING_KEY: 'a key has to be text',
  MULTILINE_IMPLICIT_KEY: 'a colon is missing here; a line is "key: value"',
};

/** Parse a text; `file` is its name in messages. Never throws: what is wrong is in `faults`. */
export function parseSource(file: string, text: string): SourceText {
  const lines = new LineCounter();
  const document = parseDocument(text, { ...strict, lineCounter: lines });
  const faults = [...document.errors, ...document.warnings].map(({ code, message, pos }) => ({
    offset: pos[0],
    says: ownWords[code] ?? message,
  }));
  if (faults.length === 0) faults.push(...danglingAliases(document));
  if (faults.length > 0) return { file, document, lines, content: undefined, faults };
  try {
    return { file, document, lines, content: document.toJS() ?? {}, faults };
  } catch (error) {
    // A few lines of aliases to aliases can stand for gigabytes; yaml counts them and refuses.
    return { file, document, lines, content: undefined, faults: [{ offset: 0, says: messageOf(error) }] };
  }
}

function danglingAliases(document: Document.Parsed) {
  const faults: { offset: number; says: string }[] = [];
  visit(document, (_key, node) => {
    if (isAlias(node) && node.resolve(document) === undefined) {
      faults.push({
        offset: node.range?.[0] ?? 0,
        says: `*${node.source} refers to an anchor that is not set before it`,
      });
    }
  });
  return faults;
}

/** A value as it stands in the file, where that is a word or a number. */
export function writtenAs(path: readonly PropertyKey[], { document }: SourceText): string | undefined {
  const node = document.getIn(path, true);
  return isScalar(node) ? node.source : undefined;
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
