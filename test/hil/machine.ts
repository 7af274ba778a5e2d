import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { packageRoot } from '../../src/runtime/package-root.ts';
import { type Work, wordsOf } from './plan.ts';

/** How the test machine is started. */
export interface BootOptions {
  /** Where {@link requireImage} put the image. */
  readonly folder: string;
  readonly work: Work;
  /** Where its first serial line goes: kernel and journal. */
  readonly consoleFile: string;
  /** It is killed after this long. */
  readonly withinMs: number;
  /** What the guest says on its second serial line. */
  readonly onLine: (line: string) => void;
}

/**
 * Boot the machine and wait until it is off. Its disk forgets everything afterwards, but survives a reset in between.
 * Returns why it ended too early, or `null` when it powered off by itself.
 */
export async function bootMachine({
  folder,
  work,
  consoleFile,
  withinMs,
  onLine,
}: BootOptions): Promise<string | null> {
  // What is newer (AVX2, FMA) is slower to emulate: the networks take a tenth longer by it.
  const hardware = ['-M', 'pc', '-accel', 'tcg,thread=multi', '-cpu', 'Nehalem', '-smp', '2', '-m', '2560'];
  const checkout = `local,path=${packageRoot()},mount_tag=checkout,security_model=none,readonly=on,multidevs=remap`;
  const append = [
    'console=ttyS0',
    'panic=-1',
    'mitigations=off',
    'loglevel=4',
    'systemd.show_status=no',
    // The journal, too: without it nobody can say why a machine that hangs does.
    'systemd.journald.forward_to_console=1',
    wordsOf(work),
  ];
  const child = spawn(
    'qemu-system-x86_64',
    [
      ...hardware,
      ...['-nodefaults', '-nographic', '-nic', 'none'],
      ...['-drive', `file=${join(folder, 'root.img')},format=raw,if=virtio,snapshot=on,cache=unsafe`],
      ...['-virtfs', checkout],
      ...['-kernel', join(folder, 'vmlinuz'), '-initrd', join(folder, 'initrd.gz'), '-append', append.join(' ')],
      ...['-serial', `file:${consoleFile}`, '-serial', 'stdio'],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let ended: string | null = null;
  const stop = (reason: string) => {
    ended ??= reason;
    child.kill('SIGKILL');
  };
  const patience = setTimeout(() => stop(`it was not done after ${withinMs / 1000} s`), withinMs);
  let boots = 0;
  createInterface({ input: child.stdout }).on('line', (line) => {
    // One start, one power cut, one more start: a machine that starts a third time crashes again and again.
    if (line.startsWith('HIL-BOOT') && ++boots > 2) stop('it started three times');
    onLine(line);
  });
  return new Promise((resolve) => {
    child.on('error', (error) => stop(error.message));
    child.on('close', () => {
      clearTimeout(patience);
      resolve(ended);
    });
  });
}
