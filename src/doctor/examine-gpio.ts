import type { Wired } from '../config/gpio-lines.ts';
import type { DoorConfig } from '../config/schema.ts';
import { type DoorProbe, probeDoor } from '../gpio/probe.ts';
import { type ChipProbe, type ProbedChip, probeChips } from '../gpio/probe-chips.ts';
import { type Found, lineFindings } from './examine-lines.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import { inRanges } from './ranges.ts';

/** Look at pins without touching one: chips, who holds which line, which drivers load, and the lines that are wired. */
export async function examineGpio(wired: Wired): Promise<Finding[]> {
  return gpioFindings(wired, { byDevice: await probeChips(), bySysfs: await probeDoor() });
}

/** The same for what was found elsewhere. What the terminal needs and is not there fails, the rest warns. */
export async function gpioFindings(wired: Wired, found: Found): Promise<Finding[]> {
  const { byDevice, bySysfs } = found;
  const { door, punch } = wired;
  const drivers = [door?.driver, punch?.panel?.driver].filter((driver) => driver !== undefined);
  return [
    ...byDevice.chips.map((chip) => chipFinding(chip, bySysfs)),
    ...byDevice.chips.map((chip) => outputsFinding(chip, door)),
    ...deviceDriver(byDevice, drivers),
    ...sysfsDriver(bySysfs, drivers.includes('onoff')),
    ...(await lineFindings(wired, found)),
  ];
}

function chipFinding({ path, label, lines, held }: ProbedChip, { chips }: DoorProbe): Finding {
  const base = chips.find((chip) => chip.label === label)?.base;
  const all = Array.from({ length: lines }, (_, line) => line);
  const free = all.filter((line) => held.every((other) => other.line !== line));
  const busy = held.map(({ line, consumer, direction }) => `${line} ${consumer || 'the kernel'} (${direction})`);
  return ok(
    'gpio',
    [
      `${label}: ${lines} lines at ${path}${base === undefined ? '' : `, ${base} is the first one in sysfs`}`,
      ...(busy.length === 0 ? [] : [`busy  ${busy.join(', ')}`]),
      `free  ${inRanges(free) || 'none'}`,
    ].join('\n'),
  );
}

/** A magnet is what this matters to most: it lets go when its output does. */
function outputsFinding({ label, outputs }: ProbedChip, door: DoorConfig | undefined): Finding {
  if (outputs.kept === 'yes') {
    return ok('gpio', `${label} keeps an output driven when its process ends (${outputs.source})`);
  }
  const says =
    outputs.kept === 'no'
      ? `${label} drops an output when its process ends (${outputs.source})`
      : `whether ${label} keeps an output when its process ends is not known: ${outputs.source}`;
  const isMagnet = door?.wiring === 'fail-safe' && door.chipLabel === label;
  const mend = 'Let a resistor hold the relay board at rest, and see with "limen doctor --click-relay" that it does.';
  return isMagnet || outputs.kept === 'no' ? warn('gpio', says, mend) : ok('gpio', says);
}

const driverKeys = 'door.driver (of a time clock: punch.panel.driver)';
const permissions =
  'Install systemd/60-limen-gpio.rules, add the user limen runs as to the group "gpio", and log in again.';

function deviceDriver(
  { driverFailure, chips, refused }: ChipProbe,
  drivers: readonly DoorConfig['driver'][],
): Finding[] {
  const bad = drivers.includes('gpiochip') ? fail : warn;
  if (driverFailure !== null) return [bad('gpio', driverFailure, 'Run npm ci again on this machine.')];
  const closed = [
    ...refused.map(({ path, code }) => bad('gpio', `limen may not open ${path} (${code})`, permissions)),
    ...chips
      .filter(({ rootOnly }) => rootOnly)
      .map(({ path }) => bad('gpio', `nobody but root may open ${path}`, permissions)),
  ];
  if (chips.length + closed.length > 0) return [ok('gpio', 'the driver gpiochip loads'), ...closed];
  return [
    ok('gpio', 'the driver gpiochip loads'),
    drivers.length > 0 && drivers.every((driver) => driver === 'simulated')
      ? ok('gpio', 'this machine has no GPIO chip, and simulated lines need none')
      : bad('gpio', 'this machine has no GPIO chip', `Set ${driverKeys} to "simulated" for a dry run.`),
  ];
}

function sysfsDriver({ onoff, problems }: DoorProbe, needed: boolean): Finding[] {
  const loads = onoff.loads ? [ok('gpio', 'the driver onoff loads')] : [];
  // Where nothing needs it, an old interface that is not there is no fault of this machine.
  if (!needed)
    return [
      ...loads,
      ...problems.map(({ sentence }) => ok('gpio', `the driver onoff is not needed, and would not work: ${sentence}`)),
    ];
  return [...loads, ...problems.map(({ sentence, mend }) => fail('gpio', sentence, mend))];
}
