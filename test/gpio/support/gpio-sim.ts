import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import type { Level } from '../../../src/gpio/gpio.ts';
import { resolveLine, sysfsGpioRoot } from '../../../src/gpio/sysfs.ts';
import { needs } from '../../support/require.ts';

/**
 * A line of the kernel's gpio-sim: `LIMEN_TEST_GPIO_CHIP` is the chip's label, `LIMEN_TEST_GPIO_SIM` the folder with
 * sim_gpioN/value (what hangs on the line sees) and sim_gpioN/pull (the world outside). `null` where there is none.
 */
export function simulatedLine(t: ExecutionContext, line: number) {
  if (!needs(t, 'gpio')) return null;
  const { LIMEN_TEST_GPIO_CHIP: chipLabel = '', LIMEN_TEST_GPIO_SIM: sim = '' } = process.env;
  const folder = join(sim, `sim_gpio${line}`);
  const pull = (level: Level) => writeFileSync(join(folder, 'pull'), level === 1 ? 'pull-up' : 'pull-down');
  const number = () => resolveLine({ chipLabel, line });
  pull(0);
  return {
    spec: { chipLabel, line },
    pull,
    seen: (): Level => (readFileSync(join(folder, 'value'), 'utf8').startsWith('1') ? 1 : 0),
    sysfsValue: () => `${sysfsGpioRoot}/gpio${number()}/value`,
    unexport: () => {
      if (existsSync(`${sysfsGpioRoot}/gpio${number()}`)) writeFileSync(`${sysfsGpioRoot}/unexport`, `${number()}`);
    },
  };
}
