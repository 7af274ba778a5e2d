import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../domain/clock.ts';
import type { LimenError } from '../domain/errors.ts';
import type { Gpio, InputLine, LineSpec } from '../gpio/gpio.ts';
import { Debounce } from './debounce.ts';
import type { DoorInputName } from './door-memory.ts';

/** An input of a door. */
export interface DoorInputSpec extends LineSpec {
  readonly debounceMs: number;
}

/** The inputs that a door has; any may be missing. */
export type DoorInputs = Readonly<Partial<Record<DoorInputName, DoorInputSpec>>>;

/** Who is told of inputs: a door, or the buttons of a time clock. */
export interface InputFeeler<Name extends string> {
  /** It was found like this at first, or it changed, at an instant of {@link InputSurroundings.clock}. */
  feel(name: Name, active: boolean, atMs: number): void;
  /** It cannot be read any more; once it can, it is felt anew. */
  blind(name: Name, error: LimenError): void;
}

/** What inputs are told to, and how patient they are. */
export interface InputSurroundings<Name extends string> {
  readonly feeler: InputFeeler<Name>;
  readonly clock: Clock;
  /** How long to wait before each attempt to get a lost line back; the last one counts for all that follow. */
  readonly backOffMs?: readonly number[];
}

/** A connector that was touched is back at once; a chip that was unplugged, when somebody comes. */
const usualBackOffMs = [100, 500, 2000, 10_000];

/**
 * Let a door, or whoever else, feel its inputs, debounced, beginning with how they are found now. Returns what stops it.
 * A line that is lost later is told as `blind` and tried for again, for as long as it takes; once it is back
 * it is felt as it is then.
 *
 * @throws LimenError `door.line-missing`, `door.line-busy`, `door.denied`, `door.fault`.
 */
export async function openInputs<Name extends string>(
  gpio: Gpio,
  inputs: Readonly<Partial<Record<Name, DoorInputSpec>>>,
  around: InputSurroundings<Name>,
): Promise<() => void> {
  const stops: (() => void)[] = [];
  for (const [name, spec] of Object.entries(inputs) as [Name, DoorInputSpec | undefined][])
    if (spec !== undefined) stops.push(await keepInput(gpio, spec, { name, ...around }));
  return () => {
    for (const stop of stops) stop();
  };
}

interface Felt<Name extends string> extends InputSurroundings<Name> {
  readonly name: Name;
}

/** An input, and the same one again whenever it was lost. */
async function keepInput<Name extends string>(gpio: Gpio, spec: DoorInputSpec, felt: Felt<Name>): Promise<() => void> {
  const { name, feeler, backOffMs = usualBackOffMs } = felt;
  const stopping = new AbortController();
  const open = () => openInput(gpio, spec, { ...felt, onLost: (error) => void regain(error) });
  let close = await open();
  const regain = async (error: LimenError) => {
    feeler.blind(name, error);
    // What is left of the lost line would keep its successor out.
    attempt(close);
    for (let failures = 0; !stopping.signal.aborted; failures += 1) {
      try {
        await delay(backOffMs[Math.min(failures, backOffMs.length - 1)], undefined, { signal: stopping.signal });
        close = await open();
        if (stopping.signal.aborted) attempt(close);
        return;
      } catch {
        // Told once already: it is still lost.
      }
    }
  };
  return () => {
    stopping.abort();
    attempt(close);
  };
}

async function openInput<Name extends string>(
  gpio: Gpio,
  { debounceMs, ...spec }: DoorInputSpec,
  { name, feeler, clock, onLost }: Felt<Name> & { readonly onLost: (error: LimenError) => void },
): Promise<() => void> {
  // Edges have the kernel's times, the door has a clock of its own; both run alike, from different beginnings.
  const aheadMs = kernelMs() - clock.monotonicMs();
  let timer: NodeJS.Timeout | undefined;
  let debounce: Debounce | null = null;
  const settle = () => {
    if (debounce === null) return;
    for (const { active, atMs } of debounce.settle(kernelMs())) feeler.feel(name, active, atMs - aheadMs);
    clearTimeout(timer);
    const { dueMs } = debounce;
    // After a stall, the edges that wait in the kernel are read before anything counts as settled.
    if (dueMs !== null) timer = setTimeout(() => setImmediate(settle), Math.max(0, dueMs - kernelMs()));
  };
  const stop = () => {
    debounce = null;
    clearTimeout(timer);
  };
  const line: InputLine = await gpio.openInput(
    { ...spec, consumer: `limen-${name}` },
    {
      onEdge: (edge) => {
        debounce?.take(edge);
        settle();
      },
      onError: (error) => {
        stop();
        onLost(error);
      },
    },
  );
  const close = () => {
    stop();
    line.close();
  };
  try {
    const active = line.read();
    debounce = new Debounce({ debounceMs, active });
    feeler.feel(name, active, clock.monotonicMs());
    return close;
  } catch (error) {
    attempt(close);
    throw error;
  }
}

function kernelMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

function attempt(work: () => void): void {
  try {
    work();
  } catch {
    // A line that is gone cannot be let go of in good order.
  }
}
