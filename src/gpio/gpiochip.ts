import { closeSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemCodeOf } from '../domain/errors.ts';
import { type CharacterChip, chipOf, lineInfo, listCharacterChips, withChip } from './chips.ts';
import { EdgePoller } from './edge-poller.ts';
import {
  type Gpio,
  type InputLine,
  type InputListener,
  type InputSpec,
  isActive,
  type Level,
  type LineSpec,
  levelOf,
  lineName,
  type OutputLine,
  type OutputSpec,
} from './gpio.ts';
import { type Libc, loadLibc } from './libc.ts';
import { guarded, lineError, stuckLine } from './line-error.ts';
import { resolveLine, sysfsGpioRoot } from './sysfs.ts';
import { fdOf, ioctls, levelIn, lineRequest, lineValues } from './uapi.ts';

/** For tests: other places to look at. */
export interface GpiochipOptions {
  readonly deviceFolder?: string;
  readonly sysfsRoot?: string;
}

/**
 * The lines of this machine through the kernel's GPIO character devices: uAPI v2 by raw ioctl, which no installed
 * libgpiod, of whatever version, has a part in. A line belongs to one process at a time, with its name on it.
 *
 * @throws LimenError `door.driver-missing`
 */
export async function openGpio(options: GpiochipOptions): Promise<Gpio> {
  return new GpiochipGpio(await loadLibc(), options);
}

class GpiochipGpio implements Gpio {
  readonly #libc: Libc;
  readonly #deviceFolder: string;
  readonly #sysfsRoot: string;
  readonly #poller: EdgePoller;
  readonly #open = new Set<{ close(): void }>();

  constructor(libc: Libc, { deviceFolder = '/dev', sysfsRoot = sysfsGpioRoot }: GpiochipOptions) {
    this.#libc = libc;
    this.#deviceFolder = deviceFolder;
    this.#sysfsRoot = sysfsRoot;
    this.#poller = new EdgePoller(libc);
  }

  locate({ chipLabel, line }: Pick<LineSpec, 'chipLabel' | 'line'>) {
    return { kind: 'gpio', sysfs: this.#sysfsRoot, label: chipLabel, line } as const;
  }

  async openOutput(spec: OutputSpec): Promise<OutputLine> {
    const name = lineName('gpiochip', spec);
    const fd = this.#request(name, spec, levelOf(spec.initial, spec));
    const output = {
      name,
      write: (active: boolean) =>
        guarded(name, () => this.#libc.ioctl(fd, ioctls.setValues, lineValues(levelOf(active, spec)))),
      read: () =>
        isActive(
          guarded(name, () => this.#levelOf(fd)),
          spec,
        ),
      close: this.#closer(fd),
    };
    if (output.read() === spec.initial) return output;
    output.close();
    throw stuckLine(name);
  }

  async openInput(spec: InputSpec, listener: InputListener): Promise<InputLine> {
    const name = lineName('gpiochip', spec);
    const fd = this.#request(name, spec);
    const read = () => guarded(name, () => this.#levelOf(fd));
    guarded(name, () => this.#libc.setNonBlocking(fd));
    const forget = this.#poller.watch({
      name,
      fd,
      read,
      onChange: ({ level, atMs }) => listener.onEdge({ active: isActive(level, spec), atMs }),
      onError: (error) => listener.onError(error),
    });
    return { name, read: () => isActive(read(), spec), close: this.#closer(fd, forget) };
  }

  close(): void {
    for (const line of this.#open) line.close();
  }

  #closer(fd: number, first: () => void = () => {}): () => void {
    const line = {
      close: () => {
        if (!this.#open.delete(line)) return;
        first();
        closeSync(fd);
      },
    };
    this.#open.add(line);
    return line.close;
  }

  #levelOf(fd: number): Level {
    const values = lineValues();
    this.#libc.ioctl(fd, ioctls.getValues, values);
    return levelIn(values);
  }

  /** Take the line: an output when there is a level, else an input. Returns its file descriptor. */
  #request(name: string, spec: InputSpec, level?: Level): number {
    const chip = chipOf(spec, listCharacterChips(this.#libc, this.#deviceFolder));
    try {
      return this.#take(chip, spec, level);
    } catch (error) {
      const holder = systemCodeOf(error) === 'EBUSY' ? this.#holderOf(chip, spec.line) : '';
      if (holder !== 'sysfs' || !this.#unexport(spec)) throw lineError(name, error, holder);
      return guarded(name, () => this.#take(chip, spec, level));
    }
  }

  #take({ path }: CharacterChip, spec: InputSpec, level?: Level): number {
    const request = lineRequest(spec, level);
    withChip(path, (chipFd) => this.#libc.ioctl(chipFd, ioctls.lineRequest, request));
    return fdOf(request);
  }

  #holderOf({ path }: CharacterChip, line: number): string {
    try {
      return lineInfo(this.#libc, path, line).consumer;
    } catch {
      return '';
    }
  }

  /**
   * A line exported through sysfs has no owner who could be asked: it is what limen-rest, or an onoff that was killed,
   * left behind. The configuration says that the line is limen's.
   */
  #unexport(spec: LineSpec): boolean {
    try {
      writeFileSync(join(this.#sysfsRoot, 'unexport'), String(resolveLine(spec, this.#sysfsRoot)));
      return true;
    } catch {
      return false;
    }
  }
}
