import type { Gpio, GpioDriver } from '../gpio/gpio.ts';
import type { Door } from './door.ts';
import { type DoorOptions, openDoor } from './door-controller.ts';
import { type DoorInputs, openInputs } from './door-inputs.ts';
import { type DoorOutputs, OutputPanel } from './door-outputs.ts';

/** A door, and the lines that are not the lock's. */
export interface WiredDoorOptions extends Omit<DoorOptions, 'onChange' | 'onSignal' | 'onClose'> {
  readonly gpio: { readonly driver: string; readonly driverOptions: object };
  readonly inputs: DoorInputs;
  readonly outputs: DoorOutputs;
}

/**
 * Open a door with its inputs and outputs: the lock comes to rest first, and is let go of last. What holds the door
 * shut is held by the lock process; these lines are held by this one.
 *
 * @throws LimenError as {@link openDoor}, and the same for every input and output.
 */
export async function openWiredDoor({ gpio, inputs, outputs, ...options }: WiredDoorOptions): Promise<Door> {
  const panel = new OutputPanel(options);
  let pins: Gpio | null = null;
  let stopInputs = () => {};
  const door = await openDoor({
    ...options,
    onChange: (status) => panel.status(status),
    onSignal: (signal) => panel.signal(signal),
    onClose: () => {
      stopInputs();
      panel.close();
      pins?.close();
    },
  });
  try {
    if (Object.keys({ ...inputs, ...outputs }).length === 0) return door;
    const { openGpio }: GpioDriver = await import(gpio.driver);
    pins = await openGpio(gpio.driverOptions);
    await panel.open(pins, outputs);
    stopInputs = await openInputs(pins, inputs, { feeler: door, clock: options.clock });
    return door;
  } catch (error) {
    await door.close();
    throw error;
  }
}
