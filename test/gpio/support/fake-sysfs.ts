import { existsSync, type FSWatcher, mkdirSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Level } from '../../../src/gpio/gpio.ts';
import type { SysfsLine } from '../../../src/gpio/onoff-package.ts';

/** A `/sys/class/gpio` of plain files with two chips, as on a Raspberry Pi 4 with kernel 6.6. */
export function makeSysfs(root: string): void {
  addChip(root, { base: 512, label: 'pinctrl-bcm2711', lines: 58 });
  addChip(root, { base: 570, label: 'raspberrypi-exp-gpio', lines: 8 });
  writeFileSync(join(root, 'export'), '');
}

export function addChip(root: string, { base, label, lines }: { base: number; label: string; lines: number }): void {
  const folder = join(root, `gpiochip${base}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'label'), `${label}\n`);
  writeFileSync(join(folder, 'base'), `${base}\n`);
  writeFileSync(join(folder, 'ngpio'), `${lines}\n`);
}

/** A line that is exported already, as a killed process leaves it. */
export function exportLine(root: string, gpio: number, level: '0' | '1'): string {
  const folder = join(root, `gpio${gpio}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'direction'), 'out\n');
  writeFileSync(join(folder, 'active_low'), '0\n');
  writeFileSync(join(folder, 'value'), `${level}\n`);
  return join(folder, 'value');
}

/** What the kernel and onoff do together, on plain files: "high" and "low" set direction and level at once. */
export function gpioOn(root: string) {
  return class implements SysfsLine {
    readonly #folder: string;
    #watcher: FSWatcher | undefined;

    constructor(
      gpio: number,
      direction: 'low' | 'high' | 'in',
      ...[edgeOrOptions, options]: [{ activeLow: boolean }] | ['both', { activeLow: boolean }]
    ) {
      this.#folder = join(root, `gpio${gpio}`);
      if (!existsSync(this.#folder)) exportLine(root, gpio, '0');
      const { activeLow } = edgeOrOptions === 'both' ? options! : edgeOrOptions;
      writeFileSync(join(this.#folder, 'active_low'), activeLow ? '1' : '0');
      writeFileSync(join(this.#folder, 'direction'), direction === 'in' ? 'in\n' : 'out\n');
      if (direction !== 'in') this.writeSync(direction === 'high' ? 1 : 0);
    }
    readSync(): Level {
      return readFileSync(join(this.#folder, 'value'), 'utf8').startsWith('1') ? 1 : 0;
    }
    writeSync(level: Level): void {
      writeFileSync(join(this.#folder, 'value'), `${level}\n`, { flag: 'r+' });
    }
    direction(): string {
      return readFileSync(join(this.#folder, 'direction'), 'utf8').trim();
    }
    activeLow(): boolean {
      return readFileSync(join(this.#folder, 'active_low'), 'utf8').startsWith('1');
    }
    watch(onChange: (error: Error | null | undefined, level: Level) => void): void {
      this.#watcher = watch(join(this.#folder, 'value'), () => onChange(null, this.readSync()));
    }
    unexport(): void {
      this.#watcher?.close();
    }
  };
}
