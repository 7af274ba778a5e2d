import { gpioModule, onChip, simulatedGpioFolder } from './compose.ts';
import type { PunchConfig } from './config/punch-schema.ts';
import type { Clock } from './domain/clock.ts';
import { LimenError } from './domain/errors.ts';
import type { Report } from './domain/event.ts';
import type { PunchSignal } from './domain/punch.ts';
import type { DoorSignal } from './door/door.ts';
import { type InputFeeler, openInputs } from './door/door-inputs.ts';
import { OutputPanel } from './door/door-outputs.ts';
import type { GpioDriver } from './gpio/gpio.ts';

/** Lights and buzzer of a time clock. Its buttons are felt until it is closed. */
export interface PunchPanel {
  signal(signal: PunchSignal | DoorSignal): void;
  close(): void;
}

/** What a panel is opened with, besides its config. */
export interface PanelSurroundings {
  readonly dataFolder: string;
  readonly report: Report;
  readonly clock: Clock;
  /** Told of the buttons, by the names of their keys. */
  readonly feeler: InputFeeler<string>;
}

/**
 * The panel that the config of a time clock names: its lights are off and its buttons are felt when this returns.
 *
 * @throws LimenError `usage.invalid` where it names none; `door.*` for lines that cannot be had.
 */
export async function openPunchPanel({ panel, keys }: PunchConfig, around: PanelSurroundings): Promise<PunchPanel> {
  if (panel === undefined) throw new LimenError('usage.invalid', 'This time clock has no panel.');
  const { openGpio }: GpioDriver = await import(gpioModule(panel.driver).href);
  const gpio = await openGpio(panel.driver === 'simulated' ? { folder: simulatedGpioFolder(around.dataFolder) } : {});
  const lights = new OutputPanel(around);
  try {
    await lights.open(gpio, onChip(panel.outputs, panel));
    const buttons = Object.fromEntries(Object.entries(keys).map(([name, { button }]) => [name, button]));
    const stopButtons = await openInputs(gpio, onChip(buttons, panel), around);
    return {
      signal: (signal) => lights.signal(signal),
      close() {
        stopButtons();
        lights.close();
        gpio.close();
      },
    };
  } catch (error) {
    lights.close();
    gpio.close();
    throw error;
  }
}
