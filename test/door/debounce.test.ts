import test from 'ava';
import fc from 'fast-check';
import { doorSchema } from '../../src/config/schema.ts';
import { Debounce, type InputLevel } from '../../src/door/debounce.ts';

/** What IEC 60839-11-1 wants seen. */
const alwaysSeenMs = 400;

/** Edges of a switch that bounces: none of the levels on the way lasts `debounceMs`, and the last one is `active`. */
function bounces(active: boolean, debounceMs: number): fc.Arbitrary<(fromMs: number) => InputLevel[]> {
  return fc.array(fc.integer({ min: 0, max: debounceMs - 1 }), { maxLength: 12 }).map((gaps) => (fromMs) => {
    let atMs = fromMs;
    const even = gaps.slice(gaps.length % 2);
    const edges = [{ active, atMs }];
    for (const gap of even) {
      atMs += gap;
      edges.push({ active: edges.length % 2 === 0 ? active : !active, atMs });
    }
    return edges;
  });
}

/** A switch thrown on and off, with bounces at both ends. `forMs`: how long a level stays, bounces not counted. */
const thrown = fc.integer({ min: 1, max: 200 }).chain((debounceMs) => {
  const stay = fc.integer({ min: debounceMs, max: 2000 });
  const one = (active: boolean) => fc.record({ edges: bounces(active, debounceMs), forMs: stay });
  return fc.record({
    debounceMs: fc.constant(debounceMs),
    throws: fc.array(fc.tuple(one(true), one(false)), { minLength: 1, maxLength: 5 }).map((pairs) => pairs.flat()),
  });
});

function edgesOf(throws: readonly { edges: (fromMs: number) => InputLevel[]; forMs: number }[]): {
  edges: InputLevel[];
  expected: InputLevel[];
  endMs: number;
} {
  let endMs = 1000;
  const edges: InputLevel[] = [];
  const expected: InputLevel[] = [];
  for (const { edges: train, forMs } of throws) {
    const some = train(endMs);
    const last = some[some.length - 1]!;
    edges.push(...some);
    expected.push(last);
    endMs = last.atMs + forMs;
  }
  return { edges, expected, endMs };
}

test('a switch that bounces is seen once each way, whenever its edges are read', (t) => {
  fc.assert(
    fc.property(thrown, fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }), ({ debounceMs, throws }, looks) => {
      const { edges, expected, endMs } = edgesOf(throws);
      const input = new Debounce({ debounceMs, active: false });
      const seen: InputLevel[] = [];
      edges.forEach((edge, at) => {
        // A timer that is in time, or a stall in which the edges pile up.
        if (looks[at % looks.length]) seen.push(...input.settle(edge.atMs));
        input.take(edge);
      });
      seen.push(...input.settle(endMs));
      t.deepEqual(seen, expected);
      t.is(input.dueMs, null);
    }),
    { numRuns: 500 },
  );
});

test('a timer that follows dueMs sees each level exactly as long after it began as it has to last', (t) => {
  fc.assert(
    fc.property(thrown, ({ debounceMs, throws }) => {
      const { edges, expected, endMs } = edgesOf(throws);
      const input = new Debounce({ debounceMs, active: false });
      const seenAt: number[] = [];
      const timerUntil = (nowMs: number) => {
        const { dueMs } = input;
        if (dueMs !== null && dueMs <= nowMs) for (const _ of input.settle(dueMs)) seenAt.push(dueMs);
      };
      for (const edge of edges) {
        timerUntil(edge.atMs);
        input.take(edge);
      }
      timerUntil(endMs);
      t.deepEqual(
        seenAt,
        expected.map(({ atMs }) => atMs + debounceMs),
      );
    }),
    { numRuns: 300 },
  );
});

test('a press of 400 ms is never lost, bounces included, even when it is read long after', (t) => {
  const press = fc
    .integer({ min: 1, max: 200 })
    .chain((debounceMs) => fc.record({ debounceMs: fc.constant(debounceMs), edges: bounces(true, debounceMs) }));
  fc.assert(
    fc.property(press, fc.integer({ min: 0, max: 5000 }), ({ debounceMs, edges }, moreMs) => {
      const train = edges(0);
      fc.pre(train[train.length - 1]!.atMs + debounceMs <= alwaysSeenMs);
      const input = new Debounce({ debounceMs, active: false });
      for (const edge of train) input.take(edge);
      input.take({ active: false, atMs: alwaysSeenMs + moreMs });
      t.deepEqual(input.settle(alwaysSeenMs + moreMs), [train[train.length - 1]]);
    }),
  );
});

test('no configuration lets a press of 400 ms be lost: half of it is left for bouncing', (t) => {
  const line = { driver: 'simulated', inputs: { rex: { line: 1, debounceMs: alwaysSeenMs / 2 } } };
  const debounceMs = doorSchema.parse(line).inputs.rex?.debounceMs ?? 0;
  t.false(doorSchema.safeParse({ ...line, inputs: { rex: { line: 1, debounceMs: debounceMs + 1 } } }).success);
  const input = new Debounce({ debounceMs, active: false });
  input.take({ active: true, atMs: 0 });
  input.take({ active: false, atMs: debounceMs - 1 });
  input.take({ active: true, atMs: debounceMs });
  input.take({ active: false, atMs: alwaysSeenMs });
  t.deepEqual(input.settle(alwaysSeenMs), [{ active: true, atMs: debounceMs }]);
});

test('whatever comes in: levels alternate, each has lasted, and none comes early', (t) => {
  const noise = fc.array(fc.record({ active: fc.boolean(), afterMs: fc.nat(60) }), { maxLength: 60 });
  fc.assert(
    fc.property(noise, fc.integer({ min: 0, max: 100 }), fc.boolean(), (edges, debounceMs, active) => {
      const input = new Debounce({ debounceMs, active });
      let nowMs = 0;
      let before = active;
      for (const edge of edges) {
        nowMs += edge.afterMs;
        input.take({ active: edge.active, atMs: nowMs });
        for (const level of input.settle(nowMs)) {
          t.not(level.active, before);
          t.true(level.atMs + debounceMs <= nowMs);
          before = level.active;
        }
      }
    }),
  );
});

test('what is found at the start is not told, and its opposite is', (t) => {
  const input = new Debounce({ debounceMs: 30, active: true });
  t.is(input.dueMs, null);
  t.deepEqual(input.settle(1000), []);
  input.take({ active: false, atMs: 1000 });
  t.is(input.dueMs, 1030);
  t.deepEqual(input.settle(1029), []);
  t.deepEqual(input.settle(1030), [{ active: false, atMs: 1000 }]);
});
