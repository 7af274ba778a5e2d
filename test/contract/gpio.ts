import type { ExecutionContext, SerialFn, TestFn } from 'ava';
import { LimenError } from '../../src/domain/errors.ts';
import { type Edge, type Gpio, type Level, type LineSpec, levelOf } from '../../src/gpio/gpio.ts';
import { until } from '../support/wait.ts';

/** A line under test: the driver's side, and the world outside. */
export interface GpioBench {
  open(): Promise<Gpio>;
  readonly spec: Pick<LineSpec, 'chipLabel' | 'line'>;
  /** The electrical level, seen without the driver. */
  seen(): Level;
  /** The world outside drives the line, while it is an input. */
  pull(level: Level): void;
  /** Lines that are not there. */
  readonly missing: readonly Pick<LineSpec, 'chipLabel' | 'line'>[];
  /** Another holder of the line, named `somebody`; returns how it lets go. Used where the driver can be kept out. */
  readonly hold?: () => Promise<() => void>;
  remove(): void;
}

/** What not every driver can promise. */
export interface GpioTraits {
  readonly driver: string;
  /** Edges carry the time at which they happened, not the one at which they were heard of. */
  readonly keepsTime?: boolean;
  /** A line that somebody holds cannot be had. */
  readonly canBeKeptOut?: boolean;
}

/** What every GPIO driver promises. A bench that is `null` skips the test, having said why through `needs`. */
export function gpioContract(
  test: TestFn | SerialFn,
  { driver, keepsTime = false, canBeKeptOut = false }: GpioTraits,
  makeBench: (t: ExecutionContext) => GpioBench | null,
): void {
  const check = (promise: string, body: (use: Use) => Promise<void>) =>
    test(`${driver}: ${promise}`, async (t) => {
      const bench = makeBench(t);
      if (bench === null) return;
      const gpio = await bench.open();
      t.teardown(() => bench.remove());
      t.teardown(() => gpio.close());
      await body({ t, bench, gpio });
    });
  outputs(check);
  inputs(check);
  missing(check);
  if (keepsTime) ownTime(check);
  if (canBeKeptOut) busy(check);
}

interface Use {
  readonly t: ExecutionContext;
  readonly bench: GpioBench;
  readonly gpio: Gpio;
}
type Check = (promise: string, body: (use: Use) => Promise<void>) => void;

const consumer = 'limen-test';

function outputs(check: Check): void {
  for (const activeLow of [false, true])
    for (const initial of [false, true]) {
      const what = `active ${activeLow ? 'low' : 'high'}, initially ${initial ? 'on' : 'off'}`;
      check(`an output ${what}: starts there, is driven, and reads back`, async ({ t, bench, gpio }) => {
        const output = await gpio.openOutput({ ...bench.spec, activeLow, initial, consumer });
        t.is(bench.seen(), levelOf(initial, { activeLow }));
        t.is(output.read(), initial);
        for (const active of [!initial, initial, !initial]) {
          output.write(active);
          t.is(bench.seen(), levelOf(active, { activeLow }));
          t.is(output.read(), active);
        }
        t.true(output.name.includes(`${bench.spec.chipLabel} line ${bench.spec.line}`));
        output.close();
        t.notThrows(() => output.close());
      });
    }

  check('after close, the line can be had again', async ({ t, bench, gpio }) => {
    for (const initial of [true, false]) {
      const output = await gpio.openOutput({ ...bench.spec, activeLow: false, initial, consumer });
      t.is(bench.seen(), levelOf(initial, { activeLow: false }));
      output.close();
    }
    await gpio.openOutput({ ...bench.spec, activeLow: false, initial: true, consumer });
    gpio.close();
    const next = await bench.open();
    const output = await next.openOutput({ ...bench.spec, activeLow: false, initial: false, consumer });
    t.is(bench.seen(), 0);
    output.close();
    next.close();
  });
}

function inputs(check: Check): void {
  for (const activeLow of [false, true]) {
    check(`an input active ${activeLow ? 'low' : 'high'}: levels and edges, in order`, async ({ t, bench, gpio }) => {
      const press = (active: boolean) => bench.pull(levelOf(active, { activeLow }));
      press(false);
      const { input, edges } = await listen(t, gpio, { ...bench.spec, activeLow });
      t.false(input.read());
      const fromMs = nowMs();
      for (const active of [true, false, true, false]) {
        const told = edges.length;
        press(active);
        await until(() => edges.length > told);
        t.is(input.read(), active);
      }
      t.deepEqual(
        edges.map(({ active }) => active),
        [true, false, true, false],
      );
      const times = [fromMs, ...edges.map(({ atMs }) => atMs), nowMs()];
      t.deepEqual(
        times,
        times.toSorted((a, b) => a - b),
      );
    });
  }

  check('an input that is on from the start is on, and that is no edge', async ({ t, bench, gpio }) => {
    bench.pull(1);
    const { input, edges } = await listen(t, gpio, { ...bench.spec, activeLow: false });
    t.true(input.read());
    bench.pull(0);
    await until(() => edges.length > 0);
    t.false(edges[0]?.active);
  });

  check('a closed input tells nothing', async ({ t, bench, gpio }) => {
    const { input, edges } = await listen(t, gpio, { ...bench.spec, activeLow: false });
    input.close();
    t.notThrows(() => input.close());
    bench.pull(1);
    // Another input on the same line has heard of it: so would the first one have.
    bench.pull(0);
    const second = await listen(t, gpio, { ...bench.spec, activeLow: false });
    bench.pull(1);
    await until(() => second.edges.length > 0);
    t.deepEqual(edges, []);
  });
}

function ownTime(check: Check): void {
  check('an edge while the process is busy is told with its own time', async ({ t, bench, gpio }) => {
    const { edges } = await listen(t, gpio, { ...bench.spec, activeLow: false });
    bench.pull(1);
    busyFor(60);
    bench.pull(0);
    busyFor(60);
    const untilMs = nowMs();
    await until(() => edges.length === 2);
    const [on, off] = edges.map(({ atMs }) => atMs);
    t.true(off! - on! >= 50, `${off! - on!} ms apart`);
    t.true(off! <= untilMs);
  });
}

function missing(check: Check): void {
  check('a line or a chip that is not there is door.line-missing, with its mend', async ({ t, bench, gpio }) => {
    for (const spec of bench.missing) {
      const opening = () => gpio.openOutput({ ...spec, activeLow: false, initial: false, consumer });
      const error = await t.throwsAsync(opening, { instanceOf: LimenError });
      t.is(error.code, 'door.line-missing');
      t.truthy(error.hint);
    }
    t.pass();
  });
}

function busy(check: Check): void {
  check('a line that somebody else holds is door.line-busy', async ({ t, bench, gpio }) => {
    const letGo = await bench.hold!();
    const opening = () => gpio.openOutput({ ...bench.spec, activeLow: false, initial: true, consumer });
    const error = await t.throwsAsync(opening, { instanceOf: LimenError });
    t.is(error.code, 'door.line-busy');
    t.regex(error.message, /somebody|limen itself/);
    t.truthy(error.hint);
    letGo();
    const output = await opening();
    t.true(output.read());
    output.close();
  });
}

async function listen(t: ExecutionContext, gpio: Gpio, spec: LineSpec) {
  const edges: Edge[] = [];
  const input = await gpio.openInput(
    { ...spec, consumer },
    { onEdge: (edge) => edges.push(edge), onError: (error) => t.fail(error.message) },
  );
  return { input, edges };
}

function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** The event loop stands still: nothing is heard of meanwhile. */
function busyFor(ms: number): void {
  for (const untilMs = nowMs() + ms; nowMs() < untilMs; );
}
