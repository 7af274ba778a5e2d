import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What outlives a power cut, on the machine's own disk. */
export const hilFolder = '/var/lib/hil';

/** What was seen in the moment of the power cut. */
export const cutFile = join(hilFolder, 'power-cut.json');

/** The label of the simulated GPIO chip. */
export const chipLabel = 'door';

/** Where the world outside touches the simulated lines. */
export const linesFolder = '/run/hil-lines';

/** The electrical level of a line as the simulator sees it: what a relay would do. */
export function levelOf(line: number): 0 | 1 {
  return readFileSync(valueFileOf(line), 'utf8').trim() === '1' ? 1 : 0;
}

/** The simulator's file with that level. */
export function valueFileOf(line: number): string {
  return join(linesFolder, `sim_gpio${line}/value`);
}

/** Pull an input up or down: press a button, open a door. */
export function pull(line: number, direction: 'up' | 'down'): void {
  writeFileSync(join(linesFolder, `sim_gpio${line}/pull`), `pull-${direction}`);
}

/** Power off at once. */
export function powerOff(): void {
  writeFileSync('/proc/sysrq-trigger', 'o');
}

/** Reset the machine at once: nothing is synced, unmounted or ended. What the disk has not got is lost. */
export function cutPower(): void {
  writeFileSync('/proc/sysrq-trigger', 'b');
}
