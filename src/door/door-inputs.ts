import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../domain/clock.ts';
import type { LimenError } from '../domain/errors.ts';
import type { Gpio, InputLine, LineSpec } from '../gpio/gpio.ts';
import { Debounce } from './debounce.ts';
import type { ControlledDoor } from './door-controller.ts';
import type { DoorInputName } from './door-memory.ts';

/** An input of a door. */
export interface DoorInputSpec extends LineSpec {
  readonly debounceMs: number;
}

/** The inputs that a door has; any may be missing. */
export type DoorInputs = Readonly<Partial<Record<DoorInputName, DoorInputSpec>>>;

/** What the inputs of a door are told to, and how patient they are. */
export interface InputSurroundings {
  readonly door: Pick<ControlledDoor, 'feel' | 'blind'>;
  readonly clock: Clock;
  /** How long to wait before each attempt to get a lost line back; the last one counts for all that follow. */
  readonly backOffMs?: readonly number[];
}

/** A connector that was touched is back at once; a chip that was unplugged, when somebody comes. */
const usualBackOffMs = [100, 500, 2000, 10_000];

/**
 * Let a door feel its inputs, debounced, beginning with how they are found now. Returns what stops it.
 * A line that is lost later is told to the door as `blind` and tried for again, for as long as it takes; once it is back
 * the door feels it as it is then.
 *
 * @throws LimenError `door.line-missing`, `door.line-busy`, `door.denied`, `door.fault`.
 */
export async function openInputs(gpio: Gpio, inputs: DoorInputs, around: InputSurroundings): Promise<() => void> {
  const stops: (() => void)[] = [];
  for (const [name, spec] of Object.entries(inputs) as [DoorInputName, DoorInputSpec | undefined][])
    if (spec !== undefined) stops.push(await keepInput(gpio, spec, { name, ...around }));
  return () => {
    for (const stop of stops) stop();
  };
}

interface Felt extends InputSurroundings {
  readonly name: DoorInputName;
}

/** An input, and the same one again whenever it was lost. */
async function keepInput(gpio: Gpio, spec: DoorInputSpec, felt: Felt): Promise<() => void> {
  const { name, door, backOffMs = usualBackOffMs } = felt;
  const stopping = new AbortController();
  const open = () => openInput(gpio, spec, { ...felt, onLost: (error) => void regain(error) });
  let close = await open();
  const regain = async (error: LimenError) => {
    door.blind(name, error);
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

async function openInput(
  gpio: Gpio,
  { debounceMs, ...spec }: DoorInputSpec,
  { name, door, clock, onLost }: Felt & { readonly onLost: (error: LimenError) => void },
): Promise<() => void> {
  // Edges have the kernel's times, the door has a clock of its own; both run alike, from different beginnings.
  const aheadMs = kernelMs() - clock.monotonicMs();
  let timer: NodeJS.Timeout | undefined;
  let debounce: Debounce | null = null;
  const settle = () => {
    if (debounce === null) return;
    for (const { active, atMs } of debounce.settle(kernelMs())) door.feel(name, active, atMs - aheadMs);
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
    door.feel(name, active, clock.monotonicMs());
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
