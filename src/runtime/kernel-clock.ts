import { execa } from 'execa';

/** What somebody says about this machine's clock, and who. */
export interface KernelClock {
  readonly isSet: boolean;
  /** Name of the program. */
  readonly says: string;
}

/** The kernel, and systemd with it, trusts no clock that may be wrong by more: 16 seconds, in microseconds. */
const mostErrorUs = 16_000_000;

interface Teller {
  readonly command: string;
  readonly args: readonly string[];
  /** `null` for an answer that is none. */
  readonly reads: (text: string) => boolean | null;
}

const bound: Teller['reads'] = (text) => {
  const found = /^\s*maxerror:\s*(\d+)/m.exec(text)?.[1];
  return found === undefined ? null : Number(found) < mostErrorUs;
};

/**
 * Programs that ask the kernel by how much the clock may be wrong: timesyncd, chrony and ntpd all keep that up to date, and
 * Node cannot ask. Not its flag "unsynchronised": chrony leaves that as it is unless told otherwise. Best first: systemd's
 * works from a sandbox that may not touch the clock, chronyc asks chrony itself.
 */
const tellers: readonly Teller[] = [
  {
    command: 'timedatectl',
    args: ['show', '--property=NTPSynchronized', '--value'],
    reads: (text) => ({ yes: true, no: false })[text.trim()] ?? null,
  },
  {
    command: 'chronyc',
    args: ['-c', '-n', 'tracking'],
    // The last of fourteen fields; the others are "Normal" and two of leap seconds to come.
    reads: (text) => (text.split(',').length < 14 ? null : !/,Not synchronised\s*$/.test(text)),
  },
  { command: 'adjtimex', args: ['--print'], reads: bound },
  { command: 'busybox', args: ['adjtimex'], reads: bound },
];

/** A small machine that has just started may take its time. */
const patienceMs = 5000;

/**
 * Whether this machine's clock is set, by the first program here that can tell; `null` where none can. Costs a process,
 * and at most a few seconds.
 *
 * @param env where programs are looked for, when it is not the environment of this process
 */
export async function kernelClock({
  env,
}: {
  readonly env?: { readonly PATH: string };
} = {}): Promise<KernelClock | null> {
  for (const { command, args, reads } of tellers) {
    const { failed, stdout } = await execa(command, args, {
      ...{ reject: false, stdin: 'ignore', timeout: patienceMs, forceKillAfterDelay: 500 },
      env: { ...env, LC_ALL: 'C' },
    });
    const isSet = failed ? null : reads(stdout);
    if (isSet !== null) return { isSet, says: command };
  }
  return null;
}
