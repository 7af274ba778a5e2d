import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../domain/errors.ts';
import { allLineInfo, type CharacterChip, type CharacterChips, listCharacterChips } from './chips.ts';
import { type Libc, loadLibc } from './libc.ts';
import type { LineInfo } from './uapi.ts';

/** Does an output stay driven when the process that held it ends? `source`: who says so. */
export interface Kept {
  readonly kept: 'yes' | 'no' | 'unknown';
  readonly source: string;
}

/** A chip with every line of it, and what becomes of its outputs. */
export interface ProbedChip extends CharacterChip {
  readonly held: readonly LineInfo[];
  readonly outputs: Kept;
  /** Its device belongs to no group that a service could be in: the udev rule is not installed. */
  readonly rootOnly: boolean;
}

/** What the GPIO devices say. */
export interface ChipProbe {
  /** Does the driver "gpiochip" load? Null when it does, else why not; there are no chips then. */
  readonly driverFailure: string | null;
  readonly chips: readonly ProbedChip[];
  readonly refused: CharacterChips['refused'];
}

/** Ask every chip about every line, without touching one. Never throws. The options are for tests. */
export async function probeChips({
  load = loadLibc,
  deviceFolder = '/dev',
  modulesRoot = '/sys/module',
}: {
  load?: () => Promise<Libc>;
  deviceFolder?: string;
  modulesRoot?: string;
} = {}): Promise<ChipProbe> {
  try {
    const libc = await load();
    const { chips, refused } = listCharacterChips(libc, deviceFolder);
    return {
      driverFailure: null,
      chips: chips.map((chip) => ({
        ...chip,
        held: allLineInfo(libc, chip).filter(({ used }) => used),
        outputs: outputsAfterExit(chip.label, modulesRoot),
        rootOnly: isRootOnly(chip.path),
      })),
      refused,
    };
  } catch (error) {
    return { driverFailure: messageOf(error), chips: [], refused: [] };
  }
}

function isRootOnly(path: string): boolean {
  const { gid, mode } = statSync(path);
  const forGroup = gid !== 0 && (mode & 0o060) === 0o060;
  return !forGroup && (mode & 0o006) !== 0o006;
}

const raspberryPi: [RegExp, string][] = [
  [/^pinctrl-bcm2/, 'pinctrl_bcm2835'],
  [/^pinctrl-rp1$/, 'pinctrl_rp1'],
];

/**
 * The kernel driver's own word, where it gives one: Raspberry Pi kernels have the parameter `persist_gpio_outputs`
 * (raspberrypi/linux #6117). The GPIO interface itself promises nothing: "the state of a line is undefined" afterwards.
 */
export function outputsAfterExit(chipLabel: string, modulesRoot = '/sys/module'): Kept {
  const module = raspberryPi.find(([label]) => label.test(chipLabel))?.[1];
  if (module === undefined) return { kept: 'unknown', source: 'the kernel promises nothing for this chip' };
  const file = join(modulesRoot, module, 'parameters/persist_gpio_outputs');
  if (!existsSync(file)) return { kept: 'unknown', source: `this kernel has no ${file}` };
  return { kept: readFileSync(file, 'utf8').startsWith('Y') ? 'yes' : 'no', source: file };
}
