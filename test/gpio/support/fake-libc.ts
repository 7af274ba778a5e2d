import { readlinkSync } from 'node:fs';
import type { Libc } from '../../../src/gpio/libc.ts';
import { flags, ioctls } from '../../../src/gpio/uapi.ts';

/** A chip as the kernel would describe it. */
export interface FakeChip {
  readonly label: string;
  readonly lines: number;
  readonly held: Readonly<Record<number, { consumer: string; direction: 'in' | 'out' }>>;
}

/** Answers the two questions about chips and lines, for plain files named like devices; refuses everything else. */
export function fakeLibc(chips: Readonly<Record<string, FakeChip>>): Libc {
  return {
    ioctl: (fd, request, struct) => {
      const chip = chips[readlinkSync(`/proc/self/fd/${fd}`).split('/').at(-1) ?? ''];
      if (chip === undefined) throw Object.assign(new Error('ENOTTY: no chip'), { code: 'ENOTTY' });
      if (request === ioctls.chipInfo) {
        struct.write(chip.label, 32);
        struct.writeUInt32LE(chip.lines, 64);
      } else if (request === ioctls.lineInfo) {
        const held = chip.held[struct.readUInt32LE(64)];
        if (held === undefined) return;
        struct.write(held.consumer, 32);
        struct.writeBigUInt64LE(flags.used | (held.direction === 'out' ? flags.output : flags.input), 72);
      } else throw new Error('a look that touches a line');
    },
    setNonBlocking: () => {},
    ready: (fds) => fds.map(() => false),
  };
}
