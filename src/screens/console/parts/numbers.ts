/** `1,800` */
export function count(n: number): string {
  return n.toLocaleString('en-US');
}

/** `1 picture`, `2 pictures`; `2 people` when the plural is told. */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

/** `1 in 1,000`, rounded to what a reader can take in. */
export function oneIn(rate: number): string {
  if (rate <= 0) return 'none';
  const times = 1 / rate;
  return `1 in ${count(times >= 1000 ? Number(times.toPrecision(3)) : Number(times.toPrecision(2)))}`;
}

/** `2.4 %`; small shares keep two digits that say something. */
export function percent(share: number): string {
  const value = share * 100;
  if (value === 0 || value >= 10) return `${value.toFixed(value === 0 ? 0 : 1)} %`;
  return `${Number(value.toPrecision(2))} %`;
}

/** `7:30` for seven and a half hours; nothing for no time at all. */
export function hours(ms: number): string {
  const minutes = Math.trunc(Math.abs(ms) / 60_000);
  if (minutes === 0) return '';
  return `${ms < 0 ? '−' : ''}${Math.trunc(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`;
}
