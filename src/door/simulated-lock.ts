import { closeSync, constants, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { LimenError, messageOf } from '../domain/errors.ts';
import type { Lock, LockOptions } from './lock.ts';
import { writeRestFile } from './rest-file.ts';

/** Settings of the simulated lock. */
export interface SimulatedLockOptions extends LockOptions {
  /** One character: `0` the door is held shut, `1` it can be opened. */
  readonly levelFile: string;
}

/**
 * A lock made of one byte in a file. Like a real relay, and unlike a variable, the level stays as it was when the
 * process that drove it is gone (a GPIO output on a Raspberry Pi does too: raspberrypi/linux #6117), so a test or a
 * demo that kills limen sees what a real door would do.
 *
 * @throws LimenError `door.fault` when the file cannot be written, `file.unwritable` for the rest file.
 */
export function openLock({ levelFile, restFile }: SimulatedLockOptions): Lock {
  writeRestFile(restFile, { kind: 'file', path: levelFile, rest: 0 });
  const fd = openLevel(levelFile);
  let open = true;

  const drive = (level: '0' | '1') => {
    if (!open) throw new LimenError('door.fault', `The simulated lock ${levelFile} is closed.`);
    // One byte, written in place: whoever looks never finds an empty file.
    guarded(levelFile, () => writeSync(fd, level, 0));
  };
  const lock: Lock = {
    name: `simulated ${levelFile}`,
    release: () => drive('1'),
    secure: () => drive('0'),
    read: () => (open && guarded(levelFile, () => readLevel(fd)) === '1' ? 'released' : 'secured'),
    close: () => {
      if (!open) return;
      drive('0');
      open = false;
      closeSync(fd);
    },
  };
  lock.secure();
  return lock;
}

function openLevel(levelFile: string): number {
  return guarded(levelFile, () => {
    mkdirSync(dirname(levelFile), { recursive: true });
    return openSync(levelFile, constants.O_RDWR | constants.O_CREAT, 0o644);
  });
}

function readLevel(fd: number): string {
  const byte = Buffer.alloc(1);
  readSync(fd, byte, 0, 1, 0);
  return byte.toString('latin1');
}

function guarded<T>(levelFile: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new LimenError('door.fault', `The simulated lock's file ${levelFile} failed: ${messageOf(cause)}`, {
      hint: 'Make the file and its folder writable for the user limen runs as.',
      cause,
    });
  }
}
