import { setTimeout as delay } from 'node:timers/promises';
import { isLimenError, LimenError } from '../domain/errors.ts';
import {
  type Gpio,
  type InputLine,
  type InputListener,
  type InputSpec,
  isActive,
  type LineSpec,
  levelOf,
  lineName,
  type OutputLine,
  type OutputSpec,
} from './gpio.ts';
import { guarded, lineError, stuckLine } from './line-error.ts';
import { loadOnoff, type SysfsLine, type SysfsLineConstructor } from './onoff-package.ts';
import { resolveLine, sysfsGpioRoot } from './sysfs.ts';

/** For tests only: another sysfs tree, another onoff. */
export interface OnoffGpioOptions {
  readonly sysfsRoot?: string;
  readonly loadGpio?: () => Promise<SysfsLineConstructor>;
}

/**
 * The lines of this machine through sysfs and npm's `onoff`. An output stays exported and driven after `close`: an
 * output at rest is safer than an input that floats.
 *
 * @throws LimenError `door.driver-missing`
 */
export async function openGpio({ sysfsRoot = sysfsGpioRoot, loadGpio = loadOnoff }: OnoffGpioOptions): Promise<Gpio> {
  return new OnoffGpio(sysfsRoot, await loadGpio());
}

class OnoffGpio implements Gpio {
  readonly #sysfsRoot: string;
  readonly #Line: SysfsLineConstructor;
  readonly #open = new Set<() => void>();

  constructor(sysfsRoot: string, Line: SysfsLineConstructor) {
    this.#sysfsRoot = sysfsRoot;
    this.#Line = Line;
  }

  locate({ chipLabel, line }: Pick<LineSpec, 'chipLabel' | 'line'>) {
    return { kind: 'gpio', sysfs: this.#sysfsRoot, label: chipLabel, line } as const;
  }

  async openOutput(spec: OutputSpec): Promise<OutputLine> {
    const { number, name } = this.#find(spec);
    const level = levelOf(spec.initial, spec);
    // Exported as "high" or "low", never as "out": "out" would first drive it low, a pulse on an active-low relay.
    const line = await this.#take(name, 'out', () => new this.#Line(number, level ? 'high' : 'low', electrical));
    if (guarded(name, () => line.readSync()) !== level) throw stuckLine(name);
    return {
      name,
      write: (active) => guarded(name, () => line.writeSync(levelOf(active, spec))),
      read: () =>
        isActive(
          guarded(name, () => line.readSync()),
          spec,
        ),
      // Nothing to let go of: sysfs knows no owner, and the level has to stay.
      close: () => {},
    };
  }

  async openInput(spec: InputSpec, listener: InputListener): Promise<InputLine> {
    const { number, name } = this.#find(spec);
    // "both": with "rising" and a debounce, a short press gives no callback at all.
    const line = await this.#take(name, 'in', () => new this.#Line(number, 'in', 'both', electrical));
    let told = guarded(name, () => line.readSync());
    let isOpen = true;
    guarded(name, () =>
      line.watch((error, level) => {
        if (!isOpen) return;
        if (error) {
          close();
          listener.onError(lineError(name, error));
        } else if (level !== told) {
          told = level;
          // sysfs tells no time: this is when it was heard of.
          listener.onEdge({ active: isActive(level, spec), atMs: Number(process.hrtime.bigint()) / 1e6 });
        }
      }),
    );
    const close = () => {
      if (!this.#open.delete(close)) return;
      isOpen = false;
      guarded(name, () => line.unexport());
    };
    this.#open.add(close);
    return {
      name,
      read: () =>
        isActive(
          guarded(name, () => line.readSync()),
          spec,
        ),
      close,
    };
  }

  close(): void {
    for (const close of [...this.#open]) close();
  }

  #find(spec: LineSpec): { number: number; name: string } {
    const number = resolveLine(spec, this.#sysfsRoot);
    const name = lineName('onoff', spec, ` (gpio ${number})`);
    if (spec.bias !== undefined && spec.bias !== 'as-is') {
      throw new LimenError('config.invalid', `The line ${name} cannot get the bias "${spec.bias}" through sysfs.`, {
        hint: 'Set door.driver to "gpiochip", or bias to "as-is" and fit a resistor.',
      });
    }
    return { number, name };
  }

  async #take(name: string, direction: 'in' | 'out', open: () => SysfsLine): Promise<SysfsLine> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return assertTaken(name, direction, guarded(name, open));
      } catch (error) {
        const mayComeTrue = isLimenError(error, 'door.denied') && attempt < udevPatience.tries;
        if (!mayComeTrue) throw error;
        await delay(udevPatience.everyMs);
      }
    }
  }
}

/** Levels, not meanings: active-low is handled above. */
const electrical = { activeLow: false };

/** udev hands a freshly exported line to its group a moment after the export; onoff itself waits only milliseconds. */
const udevPatience = { tries: 20, everyMs: 100 };

/** onoff ignores every error of a line that was already exported (after a crash it is), so look at what came of it. */
function assertTaken(name: string, direction: 'in' | 'out', line: SysfsLine): SysfsLine {
  if (guarded(name, () => line.direction()) === direction && !guarded(name, () => line.activeLow())) return line;
  throw new LimenError('door.denied', `The line ${name} cannot be made an ${direction}put.`, {
    hint: 'Add the user limen runs as to the group "gpio" and install systemd/60-limen-gpio.rules, then restart.',
  });
}
