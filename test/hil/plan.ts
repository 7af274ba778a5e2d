import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/runtime/package-root.ts';

/** Scenarios about lines and devices: they need no terminal, and leave the machine's relay alone until its power is cut. */
const aboutLines = ['gpiochip.test', 'onoff.test', 'camera', 'killed', 'latency', 'power-cut'];

/**
 * What runs: for each machine the names of its scenarios. Two machines, side by side, since emulation is slow and most
 * scenarios use one core. With `only`, one machine, with the scenarios that have it in their name.
 */
export function planned(only: string | undefined): readonly (readonly string[])[] {
  const aboutTerminal = readdirSync(join(packageRoot(), 'dist/test/hil/scenarios'))
    .filter((file) => file.endsWith('.js'))
    .map((file) => file.slice(0, -3))
    .filter((name) => !aboutLines.includes(name));
  if (only === undefined) return [aboutLines, aboutTerminal];
  return [[...aboutLines, ...aboutTerminal].filter((name) => name.includes(only))];
}

/** The built files of scenarios, in `dist/`; the power cut has none, it is what the machine does last. */
export function filesOf(scenarios: readonly string[]): string[] {
  return scenarios
    .filter((name) => name !== 'power-cut')
    .map((name) => `${name.endsWith('.test') ? 'test/gpio' : 'test/hil/scenarios'}/${name}.js`);
}
