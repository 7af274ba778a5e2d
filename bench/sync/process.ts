import { readFileSync } from 'node:fs';

/** What a process has used, as its system tells it. */
export interface Spent {
  /** CPU seconds since it began, all threads. */
  readonly cpuS: number;
  /** MB of memory now, and the most it ever had. */
  readonly rssMb: number;
  readonly peakMb: number;
}

/** Linux counts CPU time in hundredths of a second (USER_HZ). */
const ticksPerS = 100;

/** What the process `pid` has used so far, from /proc. */
export function spentBy(pid: number): Spent {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const mb = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
  return {
    cpuS: (Number(fields[11]) + Number(fields[12])) / ticksPerS,
    rssMb: mb('VmRSS'),
    peakMb: mb('VmHWM'),
  };
}
