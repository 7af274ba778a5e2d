import { readFileSync } from 'node:fs';
import test from 'ava';
import { execa } from 'execa';
import fc from 'fast-check';
import { kernelFile, kernelModule } from '../../models/build/kernel.ts';
import { dotProducts, inverseLength, openPlainMatcher, type Rows } from '../../src/gallery/matcher.ts';
import { openWasmMatcher } from '../../src/gallery/wasm-matcher.ts';
import { siblingModule } from '../../src/runtime/package-root.ts';

/** Few different values make many ties; 0 and the extremes are the ones that go wrong. */
const element = fc.oneof(fc.constantFrom(0, 1, -1, 127, -127, -128), fc.integer({ min: -128, max: 127 }));

/** A gallery of any length and width, rows of zeros and equal rows included, with a probe and people to leave out. */
const cases = fc
  .record({ dimensions: fc.integer({ min: 1, max: 70 }), rows: fc.integer({ min: 0, max: 40 }) })
  .chain(({ dimensions, rows }) => {
    const row = fc.oneof(
      { weight: 4, arbitrary: fc.array(element, { minLength: dimensions, maxLength: dimensions }) },
      { weight: 1, arbitrary: fc.constantFrom(0, 1, 127, -128).map((value) => new Array(dimensions).fill(value)) },
    );
    const int8 = row.map((values) => Int8Array.from(values));
    return fc.record({
      probe: int8,
      templates: fc.array(int8, { minLength: rows, maxLength: rows }),
      owners: fc.array(fc.nat(6), { minLength: rows, maxLength: rows }),
      skip: fc.tuple(fc.nat(rows), fc.nat(rows)).map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) })),
    });
  });

function rowsOf(templates: readonly Int8Array[], owners: readonly number[], dimensions: number): Rows {
  return {
    dimensions,
    templates,
    owners: Int32Array.from(owners),
    inverseLengths: Float32Array.from(templates, inverseLength),
  };
}

test('WebAssembly and TypeScript give the very same answers', (t) => {
  fc.assert(
    fc.property(cases, ({ probe, templates, owners, skip }) => {
      const rows = rowsOf(templates, owners, probe.length);
      const [wasm, plain] = [openWasmMatcher(rows), openPlainMatcher(rows)];
      t.deepEqual(wasm.bestTwo(probe), plain.bestTwo(probe));
      t.deepEqual(wasm.bestTwo(probe, skip), plain.bestTwo(probe, skip));
      const [a, b] = [new Int32Array(templates.length), new Int32Array(templates.length)];
      wasm.dots(probe, a);
      plain.dots(probe, b);
      t.deepEqual(a, b);
    }),
    // Every matcher has a WebAssembly memory of its own, for which the system reserves addresses: that takes a while.
    { numRuns: 300 },
  );
});

test('where another matcher lay, a matcher gives its own answers', (t) => {
  fc.assert(
    fc.property(cases, cases, (earlier, { probe, templates, owners, skip }) => {
      const spent = openWasmMatcher(rowsOf(earlier.templates, earlier.owners, earlier.probe.length));
      spent.bestTwo(earlier.probe);
      const rows = rowsOf(templates, owners, probe.length);
      const [wasm, plain] = [openWasmMatcher(rows, spent), openPlainMatcher(rows)];
      t.deepEqual(wasm.bestTwo(probe), plain.bestTwo(probe));
      t.deepEqual(wasm.bestTwo(probe, skip), plain.bestTwo(probe, skip));
      const [a, b] = [new Int32Array(templates.length), new Int32Array(templates.length)];
      wasm.dots(probe, a);
      plain.dots(probe, b);
      t.deepEqual(a, b);
    }),
    { numRuns: 200 },
  );
});

test('a matcher that follows another needs no more memory, nor much more than it has use for', (t) => {
  const rows = (count: number) =>
    rowsOf(new Array(count).fill(new Int8Array(16).fill(1)), new Array(count).fill(0), 16);
  const first = openWasmMatcher(rows(10_000));
  const second = openWasmMatcher(rows(10_001), first);
  t.is(second.matrix!.buffer, first.matrix!.buffer);
  t.not(openWasmMatcher(rows(100), second).matrix!.buffer, second.matrix!.buffer);
});

test('the two best people are the ones that sorting finds, the first row winning a tie', (t) => {
  fc.assert(
    fc.property(cases, ({ probe, templates, owners, skip }) => {
      const rows = rowsOf(templates, owners, probe.length);
      const dots = new Int32Array(templates.length);
      openPlainMatcher(rows).dots(probe, dots);
      const sorted = owners
        .map((owner, row) => ({ owner, row, cosine: dots[row]! * rows.inverseLengths[row]! }))
        .filter(({ row, cosine }) => (row < skip.from || row >= skip.to) && !Number.isNaN(cosine))
        .sort((a, b) => b.cosine - a.cosine || a.row - b.row);
      const { first, firstCosine, second, secondCosine } = openPlainMatcher(rows).bestTwo(probe, skip);
      const [best] = sorted;
      const other = sorted.find(({ owner }) => owner !== best?.owner);
      t.is(firstCosine, best?.cosine ?? Number.NEGATIVE_INFINITY);
      t.is(secondCosine, other?.cosine ?? Number.NEGATIVE_INFINITY);
      // Among equals the first row decides who is first; whoever is second has that cosine and is somebody else.
      t.is(first, best?.owner ?? -1);
      if (other !== undefined) {
        t.not(second, first);
        t.true(sorted.some(({ owner, cosine }) => owner === second && cosine === secondCosine));
      } else t.is(second, -1);
    }),
    { numRuns: 500 },
  );
});

test('rows of 512 numbers, and more rows than are summed at once', (t) => {
  const dimensions = 512;
  const templates = Array.from({ length: 4101 }, (_, row) =>
    Int8Array.from({ length: dimensions }, (_, i) => ((row * 31 + i * 17 + ((row * i) % 13) * 7) % 255) - 127),
  );
  const rows = rowsOf(
    templates,
    templates.map((_, row) => row % 1000),
    dimensions,
  );
  const [wasm, plain] = [openWasmMatcher(rows), openPlainMatcher(rows)];
  for (const probe of [templates[7]!, templates[4100]!, new Int8Array(dimensions).fill(-128)]) {
    t.deepEqual(wasm.bestTwo(probe), plain.bestTwo(probe));
    const [a, b] = [new Int32Array(templates.length), new Int32Array(templates.length)];
    wasm.dots(probe, a);
    plain.dots(probe, b);
    t.deepEqual(a, b);
  }
});

test('the largest int8 values do not overflow', (t) => {
  const probe = new Int8Array(2048).fill(-128);
  const templates = [new Int8Array(2048).fill(-128), new Int8Array(2048).fill(127)];
  const want = [2048 * 128 * 128, -2048 * 128 * 127];
  const dots = new Int32Array(2);
  openWasmMatcher(rowsOf(templates, [0, 1], 2048)).dots(probe, dots);
  t.deepEqual([...dots], want);
  dotProducts({ matrix: Int8Array.from(templates.flatMap((row) => [...row])), probe, dots });
  t.deepEqual([...dots], want);
});

test('without WebAssembly a gallery is matched by TypeScript, and the reason is kept', async (t) => {
  const matcher = siblingModule(import.meta.url, '../../src/gallery/wasm-matcher').href;
  const code = `
    delete globalThis.WebAssembly;
    const { openFastestMatcher, slowMatcherReason } = await import(${JSON.stringify(matcher)});
    const before = slowMatcherReason();
    const rows = { dimensions: 2, templates: [Int8Array.of(3, 4)], owners: Int32Array.of(5), inverseLengths: Float32Array.of(0.2) };
    const { name, bestTwo } = openFastestMatcher(rows);
    console.log(JSON.stringify({ before, name, first: bestTwo(Int8Array.of(1, 0)).first, reason: slowMatcherReason() }));`;
  const { stdout } = await execa(process.execPath, ['--input-type=module', '--eval', code]);
  t.deepEqual(JSON.parse(stdout), {
    before: null,
    name: 'typescript',
    first: 5,
    reason: 'this Node has no WebAssembly',
  });
});

test('the committed kernel is the one that its source builds', async (t) => {
  t.is(await kernelModule(), readFileSync(kernelFile, 'utf8'));
});
