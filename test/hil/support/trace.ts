import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const tracing = '/sys/kernel/tracing';
const write = (file: string, value: string) => writeFileSync(join(tracing, file), value);

/** A line that the kernel drove. */
export interface Driven {
  /** On the clock of `process.hrtime`, which is the kernel’s monotonic one. */
  readonly atMs: number;
  readonly level: 0 | 1;
}

/** Let the kernel write down from now on when it drives GPIO lines: exact, and nothing has to poll for it. */
export function traceLines(): { driven(line: number): Driven[]; stop(): void } {
  write('trace_clock', 'mono');
  write('trace', '');
  write('events/gpio/gpio_value/enable', '1');
  return {
    driven: (line) => eventsOf(readFileSync(join(tracing, 'trace'), 'utf8'), line),
    stop: () => write('events/gpio/gpio_value/enable', '0'),
  };
}

/** "… 12.345678: gpio_value: 1015 set 1"; `line` is the kernel's global number. */
function eventsOf(trace: string, line: number): Driven[] {
  return [...trace.matchAll(/ ([\d.]+): gpio_value: (\d+) set (\d)/g)]
    .filter(([, , number]) => Number(number) === line)
    .map(([, seconds, , level]) => ({ atMs: Number(seconds) * 1000, level: level === '0' ? 0 : 1 }));
}
