import { getSystemErrorName } from 'node:util';
import { LimenError, messageOf } from '../domain/errors.ts';

/** The three calls of the C library that Node does not offer. Each throws an Error with a system `code`, as Node's own do. */
export interface Libc {
  /** `ioctl` with a struct, which the kernel may change. */
  ioctl(fd: number, request: number, struct: Buffer): void;
  /** Reading this descriptor no longer waits. */
  setNonBlocking(fd: number): void;
  /** `poll` without waiting: for each descriptor, is there something to read or an error to find? */
  ready(fds: readonly number[]): boolean[];
}

const fcntlSetFlags = 4;
const nonBlocking = 0o4000;
const pollIn = 1;

let loaded: Promise<Libc> | undefined;

/**
 * The C library of this process, through koffi, whose prebuilt native part comes with its package.
 *
 * @throws LimenError `door.driver-missing`
 */
export function loadLibc(): Promise<Libc> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<Libc> {
  if (process.platform !== 'linux') {
    throw new LimenError('door.driver-missing', 'The GPIO driver "gpiochip" needs Linux.', {
      hint: 'Set door.driver to "simulated" for a dry run on this machine.',
    });
  }
  try {
    return bind((await import('koffi')).default);
  } catch (cause) {
    throw new LimenError('door.driver-missing', `The GPIO driver "gpiochip" does not load: ${messageOf(cause)}`, {
      hint: 'Run npm ci again on this machine: koffi brings a native part for each kind of machine as an optional package.',
      cause,
    });
  }
}

function bind(koffi: typeof import('koffi').default): Libc {
  // null: what is linked into Node already, whichever C library that is.
  const libc = koffi.load(null);
  const ioctl = libc.func('int ioctl(int fd, unsigned long request, void *struct)');
  const fcntl = libc.func('int fcntl(int fd, int command, int argument)');
  const poll = libc.func('int poll(void *fds, unsigned long count, int timeout)');
  const checked = (name: string, call: () => number) => done(name, call, () => koffi.errno());
  return {
    ioctl: (fd, request, struct) => checked('ioctl', () => ioctl(fd, request, struct)),
    setNonBlocking: (fd) => checked('fcntl', () => fcntl(fd, fcntlSetFlags, nonBlocking)),
    ready: (fds) => {
      const list = Buffer.alloc(fds.length * 8);
      for (const [index, fd] of fds.entries()) {
        list.writeInt32LE(fd, index * 8);
        list.writeInt16LE(pollIn, index * 8 + 4);
      }
      checked('poll', () => poll(list, fds.length, 0));
      return fds.map((_, index) => list.readInt16LE(index * 8 + 6) !== 0);
    },
  };
}

/**
 * Make a call, and again for as long as a signal cuts it short: also one that does not wait may be (signal(7)).
 *
 * @param errno why the latest call has failed
 * @throws an Error with a system `code`.
 */
export function done(name: string, call: () => number, errno: () => number): void {
  while (call() < 0) {
    const code = getSystemErrorName(-errno());
    if (code !== 'EINTR') throw Object.assign(new Error(`${code}: ${name} failed`), { code });
  }
}
