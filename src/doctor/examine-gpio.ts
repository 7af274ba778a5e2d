import type { DoorConfig } from '../config/schema.ts';
import { chipOf } from '../gpio/chips.ts';
import { type DoorProbe, probeDoor } from '../gpio/probe.ts';
import { type ChipProbe, type ProbedChip, probeChips } from '../gpio/probe-chips.ts';
import { resolveLine } from '../gpio/sysfs.ts';
import { checked, type Finding, fail, ok, warn } from './finding.ts';
import { inRanges } from './ranges.ts';

/** Look at pins without touching one: chips, who holds which line, which drivers load, and the door's own line. */
export async function examineGpio(door: DoorConfig | null): Promise<Finding[]> {
  return gpioFindings(door, { byDevice: await probeChips(), bySysfs: await probeDoor() });
}

/** The same for what was found elsewhere. What the door needs and is not there fails, the rest warns. */
export async function gpioFindings(
  door: DoorConfig | null,
  { byDevice, bySysfs }: { byDevice: ChipProbe; bySysfs: DoorProbe },
): Promise<Finding[]> {
  // Said already, and better: there is nothing to say about a line of a chip that could not be looked at.
  const noChips = (driver: 'gpiochip' | 'onoff') => (driver === 'onoff' ? bySysfs : byDevice).chips.length === 0;
  return [
    ...byDevice.chips.map((chip) => chipFinding(chip, bySysfs)),
    ...byDevice.chips.map((chip) => outputsFinding(chip, door)),
    ...deviceDriver(byDevice, door?.driver),
    ...sysfsDriver(bySysfs, door?.driver === 'onoff'),
    ...(door === null || door.driver === 'simulated' || noChips(door.driver)
      ? []
      : await checked('door', () => doorLine(door, byDevice))),
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
function outputsFinding({ label, outputs }: ProbedChip, door: DoorConfig | null): Finding {
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

const permissions =
  'Install systemd/60-limen-gpio.rules, add the user limen runs as to the group "gpio", and log in again.';

function deviceDriver(
  { driverFailure, chips, refused }: ChipProbe,
  driver: DoorConfig['driver'] | undefined,
): Finding[] {
  const bad = driver === 'gpiochip' ? fail : warn;
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
    driver === 'simulated'
      ? ok('gpio', 'this machine has no GPIO chip, and a simulated door needs none')
      : bad('gpio', 'this machine has no GPIO chip', 'Set door.driver to "simulated" for a dry run.'),
  ];
}

function sysfsDriver({ onoff, problems }: DoorProbe, needed: boolean): Finding[] {
  const loads = onoff.loads ? [ok('gpio', 'the driver onoff loads')] : [];
  // Without a door that needs it, an old interface that is not there is no fault of this machine.
  if (!needed)
    return [
      ...loads,
      ...problems.map(({ sentence }) => ok('gpio', `the driver onoff is not needed, and would not work: ${sentence}`)),
    ];
  return [...loads, ...problems.map(({ sentence, mend }) => fail('gpio', sentence, mend))];
}

function doorLine({ driver, chipLabel, line = -1 }: DoorConfig, byDevice: ChipProbe): Finding {
  if (driver === 'onoff') resolveLine({ chipLabel, line });
  else chipOf({ chipLabel, line }, byDevice);
  const says = `the lock is line ${line} of ${chipLabel}`;
  const holder = byDevice.chips.find(({ label }) => label === chipLabel)?.held.find((other) => other.line === line);
  if (holder === undefined) return ok('door', `${says}, and nobody holds it`);
  // limen-lock is the daemon at work; sysfs is what limen-rest leaves, which limen takes back.
  if (['limen-lock', 'sysfs'].includes(holder.consumer)) return ok('door', `${says}, held by ${holder.consumer}`);
  const mend = 'Stop that program or disable the overlay (SPI, I2C, UART …) that uses the pin, or choose another line.';
  return fail('door', `${says}, and "${holder.consumer || 'the kernel'}" holds it`, mend);
}
