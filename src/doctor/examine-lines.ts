import { type Wired, type WiredLine, wiredLines } from '../config/gpio-lines.ts';
import { chipOf } from '../gpio/chips.ts';
import type { DoorProbe } from '../gpio/probe.ts';
import type { ChipProbe } from '../gpio/probe-chips.ts';
import { resolveLine } from '../gpio/sysfs.ts';
import { checked, type Finding, fail, ok } from './finding.ts';
import { inRanges } from './ranges.ts';

/** What the machine's GPIO says of itself, by its devices and by the old interface. */
export interface Found {
  readonly byDevice: ChipProbe;
  readonly bySysfs: DoorProbe;
}

/** Every line that is wired: whether it is there, and whether somebody else holds it. */
export async function lineFindings(wired: Wired, { byDevice, bySysfs }: Found): Promise<Finding[]> {
  // Said already, and better: there is nothing to say about a line of a chip that could not be looked at.
  const isKnown = ({ driver }: WiredLine) =>
    driver !== 'simulated' && (driver === 'onoff' ? bySysfs : byDevice).chips.length > 0;
  const lines = wiredLines(wired).filter(isKnown);
  const isLock = ({ path }: WiredLine) => path.length === 1;
  const lock = lines.filter(isLock).map((line) => checked('door', () => lockFinding(line, byDevice)));
  const others = lines.filter((line) => !isLock(line));
  const sections = [...new Set(others.map(({ path }) => path[0] as string))];
  const rest = sections.map((section) =>
    sectionFindings(section, { lines: others.filter(({ path }) => path[0] === section), byDevice }),
  );
  return (await Promise.all([...lock, ...rest])).flat();
}

function lockFinding(wired: WiredLine, byDevice: ChipProbe): Finding {
  const { chipLabel, line } = wired;
  const says = `the lock is line ${line} of ${chipLabel}`;
  const holder = holderOf(wired, byDevice);
  if (holder === null) return ok('door', `${says}, and nobody holds it`);
  return isOurs(holder) ? ok('door', `${says}, held by ${holder}`) : taken('door', says, holder);
}

/** What is wrong with the lines of a section, each once; or that nothing is. */
async function sectionFindings(
  section: string,
  { lines, byDevice }: { readonly lines: readonly WiredLine[]; readonly byDevice: ChipProbe },
): Promise<Finding[]> {
  const wrong = new Map<string, Finding>();
  for (const wired of lines) {
    const { path, chipLabel, line } = wired;
    const found = await checked(section, () => {
      const holder = holderOf(wired, byDevice);
      return holder === null || isOurs(holder)
        ? []
        : taken(section, `${path.join('.')} is line ${line} of ${chipLabel}`, holder);
    });
    for (const finding of found) wrong.set(finding.says, finding);
  }
  if (wrong.size > 0) return [...wrong.values()];
  const chips = [...new Set(lines.map(({ chipLabel }) => chipLabel))];
  const each = chips.map((chip) => {
    const own = lines.filter(({ chipLabel }) => chipLabel === chip).map(({ line }) => line);
    return `${inRanges(own.sort((a, b) => a - b))} of ${chip}`;
  });
  return [ok(section, `inputs and outputs: lines ${each.join('; ')}, and nobody else holds one`)];
}

/** Who holds a line; `null` for nobody. @throws LimenError `door.line-missing`, `door.denied`. */
function holderOf({ driver, chipLabel, line }: WiredLine, byDevice: ChipProbe): string | null {
  if (driver === 'onoff') resolveLine({ chipLabel, line });
  else chipOf({ chipLabel, line }, byDevice);
  const chip = byDevice.chips.find(({ label }) => label === chipLabel);
  const holder = chip?.held.find((other) => other.line === line);
  return holder === undefined ? null : holder.consumer || 'the kernel';
}

/** The daemon at work and its lock process; sysfs is what limen-rest leaves, which limen takes back. */
function isOurs(holder: string): boolean {
  return holder.startsWith('limen-') || holder === 'sysfs';
}

function taken(about: string, says: string, holder: string): Finding {
  const mend = 'Stop that program or disable the overlay (SPI, I2C, UART …) that uses the pin, or choose another line.';
  return fail(about, `${says}, and "${holder}" holds it`, mend);
}
