import type { Clock } from '../domain/clock.ts';
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

/**
 * Let a door feel its inputs, debounced, beginning with how they are found now. Returns what stops it.
 * A line that is lost later is told to the door as `blind`, once.
 *
 * @throws LimenError `door.line-missing`, `door.line-busy`, `door.denied`, `door.fault`.
 */
export async function openInputs(
  gpio: Gpio,
  inputs: DoorInputs,
  { door, clock }: { door: Pick<ControlledDoor, 'feel' | 'blind'>; clock: Clock },
): Promise<() => void> {
  const stops: (() => void)[] = [];
  for (const [name, spec] of Object.entries(inputs) as [DoorInputName, DoorInputSpec | undefined][])
    if (spec !== undefined) stops.push(await openInput(gpio, spec, { name, door, clock }));
  return () => {
    for (const stop of stops) stop();
  };
}

interface Felt {
  readonly name: DoorInputName;
  readonly door: Pick<ControlledDoor, 'feel' | 'blind'>;
  readonly clock: Clock;
}

async function openInput(
  gpio: Gpio,
  { debounceMs, ...spec }: DoorInputSpec,
  { name, door, clock }: Felt,
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
  const line: InputLine = await gpio.openInput(
    { ...spec, consumer: `limen-${name}` },
    {
      onEdge: (edge) => {
        debounce?.take(edge);
        settle();
      },
      onError: (error) => door.blind(name, error),
    },
  );
  const active = line.read();
  debounce = new Debounce({ debounceMs, active });
  door.feel(name, active, clock.monotonicMs());
  return () => {
    debounce = null;
    clearTimeout(timer);
    line.close();
  };
}

function kernelMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
