import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { ExecutionContext } from 'ava';
import fc from 'fast-check';
import { isLimenError, messageOf } from '../../../src/domain/errors.ts';
import { amount } from './amount.ts';

/** One change of a text of bytes; positions are shares of its length. */
type Edit =
  | { readonly do: 'flip'; readonly at: number; readonly bit: number }
  | { readonly do: 'insert'; readonly at: number; readonly bytes: Uint8Array }
  | { readonly do: 'remove' | 'repeat'; readonly at: number; readonly length: number }
  | { readonly do: 'cut'; readonly at: number }
  /** In what is JSON: another value in the place of one. */
  | { readonly do: 'value'; readonly at: number; readonly value: unknown };

const at = fc.double({ min: 0, max: 1, noNaN: true });
/** What parsers stumble over. */
const stumbling = [
  '',
  '{',
  '"',
  '\0',
  '\n',
  'null',
  '-1',
  '1e999',
  '[[[[[[[[',
  '__proto__',
  'Ā￿',
  '9'.repeat(40),
  '='.repeat(9),
];
const bytes = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 40 }),
  fc.constantFrom(...stumbling.map((text) => new Uint8Array(Buffer.from(text)))),
);
const values = [
  null,
  true,
  -1,
  0,
  1.5,
  1e308,
  2 ** 53,
  '',
  'x',
  'x'.repeat(20_000),
  '\0',
  [],
  {},
  [[]],
  ['x'],
  undefined,
];
const valueEdit: fc.Arbitrary<Edit> = fc.record({
  ...{ do: fc.constant('value' as const), at },
  value: fc.oneof(fc.constantFrom(...values), fc.jsonValue() as fc.Arbitrary<unknown>),
});
const edit: fc.Arbitrary<Edit> = fc.oneof(
  valueEdit,
  fc.record({ do: fc.constant('flip' as const), at, bit: fc.nat(7) }),
  fc.record({ do: fc.constant('insert' as const), at, bytes }),
  fc.record({
    do: fc.constantFrom('remove' as const, 'repeat' as const),
    at,
    length: fc.integer({ min: 1, max: 400 }),
  }),
  fc.record({ do: fc.constant('cut' as const), at }),
);

/** Memory that may stay in use after thousands of rubbish inputs. */
const mostGrowthBytes = 64 * 1024 * 1024;

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/** What somebody still holds; the process as a whole also holds what nobody needs, and the neighbours' share of it. */
function inUseBytes(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/**
 * Feed a parser with what it knows, damaged: each input is read, or refused with an error of ours. An input that is
 * answered in a way not seen before joins the corpus, and is damaged further.
 */
export async function fuzz(
  t: ExecutionContext,
  options: { corpus: readonly Uint8Array[]; parse: (bytes: Buffer) => unknown; runs?: number; only?: 'values' },
): Promise<void> {
  const corpus: Buffer[] = options.corpus.map((one) => Buffer.from(one));
  const answers = new Set<string>();
  const before = inUseBytes();
  const numRuns = options.runs ?? amount({ short: 400, long: 20_000 });
  await fc.assert(
    fc.asyncProperty(
      fc.nat(),
      fc.array(options.only === 'values' ? valueEdit : edit, { minLength: 1, maxLength: 5 }),
      async (which, edits) => {
        const input = edits.reduce<Buffer>(edited, corpus[which % corpus.length]!);
        const answer = await answerOf(options.parse, input);
        if (!answers.has(answer) && corpus.length < 500) corpus.push(input);
        answers.add(answer);
      },
    ),
    // Nothing is shrunk: the corpus has grown since, so that another input would be made.
    { numRuns, endOnFailure: true },
  );
  const grownBytes = inUseBytes() - before;
  t.true(grownBytes < mostGrowthBytes, `${Math.round(grownBytes / 1e6)} MB stay in use`);
  t.log(`${numRuns} inputs, ${answers.size} kinds of answers, corpus of ${corpus.length}`);
}

/** What the parser said, numbers aside. @throws for anything that is no error of ours. */
async function answerOf(parse: (bytes: Buffer) => unknown, input: Buffer): Promise<string> {
  try {
    await parse(input);
    return 'read';
  } catch (error) {
    if (isLimenError(error)) return `${error.code} ${error.message.replace(/\d+/g, '0').slice(0, 60)}`;
    throw new Error(`${messageOf(error)} on ${input.toString('base64').slice(0, 4000)}`, { cause: error });
  }
}

function edited(input: Buffer, change: Edit): Buffer {
  const from = Math.floor(change.at * input.length);
  if (change.do === 'cut') return input.subarray(0, from);
  if (change.do === 'value') return withValue(input, change);
  if (change.do === 'insert') return Buffer.concat([input.subarray(0, from), change.bytes, input.subarray(from)]);
  if (change.do === 'flip') {
    const flipped = Buffer.from(input);
    if (from < flipped.length) flipped[from] = flipped[from]! ^ (1 << change.bit);
    return flipped;
  }
  const part = input.subarray(from, from + change.length);
  const rest = input.subarray(from + change.length);
  return Buffer.concat([input.subarray(0, from), ...(change.do === 'repeat' ? [part, part] : []), rest]);
}

/** What is no JSON stays as it is. */
function withValue(input: Buffer, { at: share, value }: Extract<Edit, { do: 'value' }>): Buffer {
  try {
    const document: unknown = JSON.parse(input.toString('utf8'));
    const places: [Record<string, unknown>, string][] = [];
    const visit = (node: unknown): void => {
      if (typeof node !== 'object' || node === null) return;
      for (const name of Object.keys(node)) {
        places.push([node as Record<string, unknown>, name]);
        visit((node as Record<string, unknown>)[name]);
      }
    };
    visit(document);
    const [node, name] = places[Math.min(places.length - 1, Math.floor(share * places.length))]!;
    node[name] = value;
    return Buffer.from(JSON.stringify(document));
  } catch {
    return input;
  }
}
