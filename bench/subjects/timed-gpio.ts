/** The simulated driver, which also writes down when each level was driven. Loaded by the lock process. */
import { appendFileSync } from 'node:fs';
import type { Gpio } from '../../src/gpio/gpio.ts';
import { openGpio as openSimulated, type SimulatedGpioOptions } from '../../src/gpio/simulated.ts';

/** As {@link SimulatedGpioOptions}, and the file that gets a line for each level: `1 123.45`, ms of the system's clock. */
export interface TimedGpioOptions extends SimulatedGpioOptions {
  readonly timesFile: string;
}

/** Milliseconds since the start of the machine: every process reads the same clock. */
export const machineMs = () => Number(process.hrtime.bigint()) / 1e6;

export async function openGpio(options: object): Promise<Gpio> {
  const { timesFile } = options as TimedGpioOptions;
  const gpio = await openSimulated(options);
  return {
    locate: (spec) => gpio.locate(spec),
    openInput: (spec, listener) => gpio.openInput(spec, listener),
    close: () => gpio.close(),
    openOutput: async (spec) => {
      const line = await gpio.openOutput(spec);
      const write = (active: boolean) => {
        line.write(active);
        const atMs = machineMs();
        appendFileSync(timesFile, `${active ? 1 : 0} ${atMs}\n`);
      };
      return { name: line.name, write, read: () => line.read(), close: () => line.close() };
    },
  };
}
