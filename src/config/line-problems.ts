import { type Wired, wiredLines } from './gpio-lines.ts';
import type { Wrong } from './store-problems.ts';

/** One line, one duty: two of them would argue about the level. And a resistor that the driver cannot set is no resistor. */
export function lineProblems(wired: Wired, wrong: Wrong): void {
  const used = new Map<string, string>();
  for (const { path, chipLabel, driver, line, bias } of wiredLines(wired)) {
    const key = `${chipLabel} ${line}`;
    const other = used.get(key);
    if (other !== undefined) wrong([...path, 'line'], `line ${line} of that chip is ${other} already`);
    else used.set(key, path.join('.'));
    if (driver === 'onoff' && bias?.startsWith('pull'))
      wrong(
        [...path, 'bias'],
        `"${bias}" cannot be set through sysfs: use driver "gpiochip", or bias "as-is" and a resistor`,
      );
  }
}
