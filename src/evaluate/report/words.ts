import type { Interval } from '../statistics.ts';

/** `99.11 %`; small shares keep two digits that say something. */
export function percent(share: number): string {
  if (!Number.isFinite(share)) return '–';
  const value = share * 100;
  const digits = value === 0 || value >= 1 ? 2 : Math.min(7, 1 - Math.floor(Math.log10(value)));
  return `${value.toFixed(digits)} %`;
}

/** `98.18 – 99.68 %` */
export function interval([low, high]: Interval): string {
  if (!Number.isFinite(low)) return '–';
  const from = percent(low).replace(' %', '');
  return `${from} – ${percent(high)}`;
}

/** `1 in 1,000`, rounded to what a reader can take in. */
export function oneIn(rate: number): string {
  if (rate <= 0) return 'none';
  const times = 1 / rate;
  return `1 in ${count(times >= 1000 ? Number(times.toPrecision(3)) : Number(times.toPrecision(2)))}`;
}

/** `1,800` */
export function count(n: number): string {
  return n.toLocaleString('en-US');
}

/** `1 picture`, `2 pictures`; `2 people` when the plural is told. */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

/** `0.0892`: a distance. */
export function distance(value: number): string {
  return Number.isFinite(value) ? value.toFixed(4) : '–';
}
