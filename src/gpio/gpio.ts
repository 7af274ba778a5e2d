import type { LimenError } from '../domain/errors.ts';

/** One line of a GPIO chip, by names that do not change with the kernel. */
export interface LineSpec {
  /** The chip's label; `limen doctor` lists them. */
  readonly chipLabel: string;
  /** Offset within the chip: the BCM number on a Raspberry Pi. */
  readonly line: number;
  /** True when the low level means "on". */
  readonly activeLow: boolean;
  /** The resistor inside the chip; left out, it stays as it is. */
  readonly bias?: 'as-is' | 'none' | 'pull-up' | 'pull-down';
}

/** A change of an input. */
export interface Edge {
  readonly active: boolean;
  /** When it happened: milliseconds of the kernel's monotonic clock, that of `process.hrtime`. */
  readonly atMs: number;
}

/** A line that limen drives. */
export interface OutputLine {
  /** For people: `gpiochip pinctrl-bcm2711 line 17, active high`. */
  readonly name: string;
  /** @throws LimenError `door.fault`. */
  write(active: boolean): void;
  /** What the line reads back, not what was written. @throws LimenError `door.fault`. */
  read(): boolean;
  /** Let go of the line as it is driven now. Whether the level stays is the kernel's decision. May be called twice. */
  close(): void;
}

/** A line that the outside world drives. */
export interface InputLine {
  readonly name: string;
  /** @throws LimenError `door.fault`. */
  read(): boolean;
  /** No edge is told afterwards. May be called twice. */
  close(): void;
}

/** Who is told about an input. Edges alternate and come in order, lost ones included; they are not debounced. */
export interface InputListener {
  onEdge(edge: Edge): void;
  /** The line is gone (its chip was unplugged). Told once; no edge follows. */
  onError(error: LimenError): void;
}

/** What an output starts with. */
export interface OutputSpec extends LineSpec {
  /** Driven from the first moment: the line is never an output at the other level. */
  readonly initial: boolean;
  /** Who holds the line, as `gpioinfo` shows it: `limen-lock`. At most 31 bytes. */
  readonly consumer: string;
}

/** What an input is opened with. */
export interface InputSpec extends LineSpec {
  readonly consumer: string;
}

/** Where a line is found by a shell script, when Node is not there to drive it: a file, or a line of a chip. */
export type LineAddress =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'gpio'; readonly sysfs: string; readonly label: string; readonly line: number };

/**
 * The pins of this machine. Drivers: `gpiochip`, `onoff`, `simulated`.
 * A line that cannot be had is a LimenError: `door.line-missing`, `door.line-busy`, `door.denied`, `door.fault`.
 */
export interface Gpio {
  /** Looks at nothing and moves nothing. */
  locate(line: Pick<LineSpec, 'chipLabel' | 'line'>): LineAddress;
  openOutput(spec: OutputSpec): Promise<OutputLine>;
  openInput(spec: InputSpec, listener: InputListener): Promise<InputLine>;
  /** Close every line. */
  close(): void;
}

/** A driver's module. It is imported by URL; only `compose.ts` knows one by name. */
export interface GpioDriver {
  /** @throws LimenError `door.driver-missing` when its native part does not load. */
  openGpio(options: object): Promise<Gpio>;
}

/** An electrical level: 0 low, 1 high. */
export type Level = 0 | 1;

/** The one place that knows about active-low: drivers speak in levels, everybody else in "on" and "off". */
export function levelOf(active: boolean, { activeLow }: Pick<LineSpec, 'activeLow'>): Level {
  return active === activeLow ? 0 : 1;
}

/** The reverse of {@link levelOf}. */
export function isActive(level: Level, { activeLow }: Pick<LineSpec, 'activeLow'>): boolean {
  return (level === 1) !== activeLow;
}

/** `gpiochip pinctrl-bcm2711 line 17, active low`. */
export function lineName(driver: string, { chipLabel, line, activeLow }: LineSpec, where = ''): string {
  return `${driver} ${chipLabel} line ${line}${where}, active ${activeLow ? 'low' : 'high'}`;
}
